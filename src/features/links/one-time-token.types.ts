import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { OneTimeTokenKind, OneTimeTokenRecord, OrderedLogin } from './one-time-token.model.ts';

/** A new token: its user, and how long it works. */
export interface OneTimeTokenOrder {
  readonly kind: OneTimeTokenKind;
  readonly userId: string;
  /** The address to which its link is sent. A user who brings the token back has read mail there. */
  readonly email?: string;
  /** Where the page of the link leads. */
  readonly returnTo?: string;
  /** The login that it begins. */
  readonly login?: OrderedLogin;
  readonly expiresAt: Date;
}

/** The tokens of links. A user has at most one of each kind, each works once, and only its hash is stored. */
export interface OneTimeTokens {
  /** Creates a token in the tenant of the actor. It replaces the earlier token of the same user and kind. */
  replace(tx: ChangeTransaction, order: OneTimeTokenOrder): Promise<string>;
  /** Reads a live token of one of these kinds and deletes it: it is used up as soon as the transaction commits. Null if there is none. */
  take(tx: ChangeTransaction, kinds: readonly OneTimeTokenKind[], token: string, now: Date): Promise<OneTimeTokenRecord | null>;
  /** Reads a live token and keeps it, so that a made-up token is refused before any costly work. Null if there is none. */
  find(tenantId: string, kinds: readonly OneTimeTokenKind[], token: string, now: Date): Promise<OneTimeTokenRecord | null>;
  /** Deletes the user's tokens of these kinds, by default of every kind. */
  dropAllOf(tx: ChangeTransaction, userId: string, kinds?: readonly OneTimeTokenKind[]): Promise<void>;
}
