import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { OneTimeTokenKind, OneTimeTokenRecord } from '../links/one-time-token.model.ts';

/** A new token, for a link that is sent to an address. */
export interface LinkOrder {
  readonly kind: OneTimeTokenKind;
  readonly userId: string;
  readonly email: string;
  readonly expiresAt: Date;
}

/** The tokens of mailed links: one of a kind at a time for a user, good once. */
export interface LinkTokens {
  /** A new token in place of the user's one before of this kind. */
  replace(tx: ChangeTransaction, order: LinkOrder): Promise<string>;
  /** Uses up a live token of one of these kinds, as soon as the transaction commits. */
  take(tx: ChangeTransaction, kinds: readonly OneTimeTokenKind[], token: string, now: Date): Promise<OneTimeTokenRecord | null>;
  /** Finds a live token without using it up. */
  find(tenantId: string, kinds: readonly OneTimeTokenKind[], token: string, now: Date): Promise<OneTimeTokenRecord | null>;
  /** Ends the user's links of these kinds, by default of every kind. */
  dropAllOf(tx: ChangeTransaction, userId: string, kinds?: readonly OneTimeTokenKind[]): Promise<void>;
}

/** Locks a role for an assignment and answers its roleId. Throws `role-not-found`. */
export type LockRoleById = (tx: ChangeTransaction, ref: { readonly roleId: string }) => Promise<string>;
