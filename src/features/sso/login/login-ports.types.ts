import type { Actor } from '../../../platform/changes/change.service.ts';
import type { CheckedStep } from '../checks.ts';
import type { OidcConfiguration, UsableProvider } from '../provider.types.ts';
import type { ProviderTests } from '../trials/provider-tests.service.ts';

/** A provider that logs in through a browser. */
export type OidcProvider = UsableProvider & { readonly configuration: OidcConfiguration };

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
  readonly finish: ProviderTests['finish'];
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
