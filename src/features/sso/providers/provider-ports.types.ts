import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { Principal } from '../../grants/grants.types.ts';
import type { UsableProvider } from '../provider.types.ts';

/** What the identities of a provider answer. */
export interface ProviderIdentities {
  /** All users who are linked to a provider, some hundred at a time. */
  linkedUsers(tx: ChangeTransaction, providerId: string): AsyncIterable<readonly Principal[]>;
  /** Whether an active user is linked to one of these providers. */
  hasLinkedUser(tx: ChangeTransaction, providerIds: readonly string[]): Promise<boolean>;
  /** Removes the identities of a provider that is deleted. The users stay. */
  removeOf(tx: ChangeTransaction, providerId: string): Promise<void>;
}

/** One checked step of a login or of a test. Its values are shown to the tenant's admins. */
export interface LoginStep {
  /** What was checked, in words with dashes: `discovery-issuer`. */
  readonly step: string;
  readonly ok: boolean;
  readonly expected?: string;
  readonly received?: string;
  /** How long it took, in ms. */
  readonly milliseconds?: number;
  /** A sentence that says how to repair it. */
  readonly repair?: string;
}

/** Checks what needs no login: secrets, address, discovery, keys. It does not throw for a provider that fails. */
export type CheckReachable = (provider: UsableProvider) => Promise<readonly LoginStep[]>;

/** The parts of Gatehouse that identity providers need and that other modules own. */
export interface ProviderPorts {
  readonly identities: ProviderIdentities;
  /** Whether the tenant of the transaction has proved that a domain is its own. */
  readonly isVerifiedDomain: (tx: ChangeTransaction, domain: string) => Promise<boolean>;
  /** Ends the sessions that a provider opened. The transaction raises the policy version, so that every node reads its callers again. */
  readonly endProviderSessions: (tx: ChangeTransaction, providerId: string) => Promise<void>;
  /** The names of the attributes that a mapping may set: `attributes.<name>`. */
  readonly declaredAttributes: readonly string[];
}
