import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { OneTimeTokenKind, OneTimeTokenRecord } from '../links/one-time-token.model.ts';

/** The order of a new token, for a link that is mailed to an address. */
export interface LinkOrder {
  readonly kind: OneTimeTokenKind;
  readonly userId: string;
  readonly email: string;
  readonly expiresAt: Date;
}

/** The tokens of mailed links. A user has at most one of each kind, and it works once. */
export interface LinkTokens {
  /** Replaces the user's token of this kind by a new one. */
  replace(tx: ChangeTransaction, order: LinkOrder): Promise<string>;
  /** Uses up a live token of one of these kinds when the transaction commits. */
  take(tx: ChangeTransaction, kinds: readonly OneTimeTokenKind[], token: string, now: Date): Promise<OneTimeTokenRecord | null>;
  /** Finds a live token without using it up. */
  find(tenantId: string, kinds: readonly OneTimeTokenKind[], token: string, now: Date): Promise<OneTimeTokenRecord | null>;
  /** Ends the user's links of these kinds; by default, of every kind. */
  dropAllOf(tx: ChangeTransaction, userId: string, kinds?: readonly OneTimeTokenKind[]): Promise<void>;
}

/** Locks a role for an assignment and returns its roleId. Throws `role-not-found`. */
export type LockRoleById = (tx: ChangeTransaction, ref: { readonly roleId: string }) => Promise<string>;
