import type { Actor, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import type { AssertedPerson, BecomingProvider } from '../../identities/identity.types.ts';
import type { User } from '../../users/user.model.ts';
import type { CheckedStep } from '../checks.ts';
import type { OidcConfiguration, UsableProvider } from '../provider.types.ts';

/** A provider that logs in through a browser. */
export type OidcProvider = UsableProvider & { readonly configuration: OidcConfiguration };

/** How a person proved who they are, as a session keeps it. */
export interface ProvenLogin {
  /** The methods (RFC 8176) that the provider named. */
  readonly amr: readonly string[];
  readonly level: 1 | 2;
  readonly at: Date;
  readonly providerId: string;
  readonly identityId: string;
  /** The provider's name of its session. */
  readonly external?: string;
}

/** The browser that sent a request. */
export interface Browser {
  /** Null if it was not sent, or more than once. */
  cookie(name: string): string | null;
  cookieNames(): readonly string[];
}

/** Finds providers, with opened secrets. */
export interface LoginProviders {
  /** A provider at its live revision, or at this one. Null if there is none. */
  find(providerId: string, revision?: number): Promise<UsableProvider | null>;
}

/** The tests of providers, as a login through one of them needs them. */
export interface LoginTests {
  /** A test that waits for its login; null if there is none. */
  findPending(tenantId: string, testId: string): Promise<{ readonly providerId: string; readonly revision: number } | null>;
  finish(actor: Actor, testId: string, outcome: {
    readonly result: 'passed' | 'failed';
    readonly steps: readonly CheckedStep[];
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly would?: Would;
    readonly secrets?: readonly string[];
  }): Promise<void>;
}

/** What a person would become. */
export interface Would {
  readonly would: 'make a user' | 'identity' | 'link' | 'link required' | 'refused';
  readonly userId?: string;
  readonly email?: string;
  readonly roles: readonly { readonly roleId: string; readonly because: string }[];
  readonly code?: string;
}

/** Who becomes whom. */
export interface LoginBecoming {
  become(tx: ChangeTransaction, provider: BecomingProvider, person: AssertedPerson): Promise<{
    readonly user: User; readonly identityId: string;
  }>;
  wouldBecome(actor: Actor, provider: BecomingProvider, person: AssertedPerson): Promise<Would>;
  link(tx: ChangeTransaction, provider: BecomingProvider, person: AssertedPerson, userId: string): Promise<{ readonly identityId: string }>;
  /** Whether the identity still links this user, as this transaction sees it. */
  isLinked(session: ClientSession, tenantId: string, identityId: string, userId: string): Promise<boolean>;
}

/** Keeps why a login was refused. */
export interface LoginTraceWriter {
  write(trace: {
    readonly reference: string;
    readonly tenantId: string;
    readonly providerId: string;
    readonly at: Date;
    readonly result: 'passed' | 'failed';
    readonly code?: string;
    readonly steps: readonly CheckedStep[];
  }, secrets?: readonly string[]): Promise<void>;
}

/** Counts and records a refused login. */
export type NoteRefusal = (actor: Actor, code: string) => void;
