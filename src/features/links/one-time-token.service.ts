import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { OneTimeTokenKind, OneTimeTokenRecord } from './one-time-token.model.ts';
import { hashOneTimeToken, makeOneTimeToken } from '../../tokens/one-time-token.ts';

/** Whom a new token is for, and how long it is good. */
export interface OneTimeTokenOrder {
  readonly kind: OneTimeTokenKind;
  readonly userId: string;
  /** The address its link is sent to. A user who brings the token back has read mail there. */
  readonly email?: string;
  readonly expiresAt: Date;
}

/** Tokens of links: one of a kind at a time for a user, good once, and only their hash is stored. */
export interface OneTimeTokens {
  /** A new token of the actor's tenant, in place of the user's one before of this kind. */
  replace(tx: ChangeTransaction, order: OneTimeTokenOrder): Promise<string>;
  /** What a live token of one of these kinds is for; the token is used up as soon as the transaction commits. */
  take(tx: ChangeTransaction, kinds: readonly OneTimeTokenKind[], token: string, now: Date): Promise<OneTimeTokenRecord | null>;
  /** The same without using it up: what is costly should not be done for a made-up one. */
  find(tenantId: string, kinds: readonly OneTimeTokenKind[], token: string, now: Date): Promise<OneTimeTokenRecord | null>;
  /** Ends the user's links of these kinds, by default of every kind. */
  dropAllOf(tx: ChangeTransaction, userId: string, kinds?: readonly OneTimeTokenKind[]): Promise<void>;
}

/** Creates the store of the collection `tokens`. */
export function createOneTimeTokens(model: Model<OneTimeTokenRecord>): OneTimeTokens {
  const liveOne = (tenantId: string, kinds: readonly OneTimeTokenKind[], token: string, now: Date) => (
    { tenantId, _id: hashOneTimeToken(token), kind: { $in: kinds }, expiresAt: { $gt: now } });

  return {
    async replace({ session, actor: { tenantId } }, order) {
      const { token, hash } = makeOneTimeToken(tenantId);
      await model.deleteMany({ tenantId, userId: order.userId, kind: order.kind }, { session });
      await model.create([{ ...order, _id: hash, tenantId }], { session });
      return token;
    },
    take: (
      { session, actor: { tenantId } }, kinds, token, now,
    ) => model.findOneAndDelete(liveOne(tenantId, kinds, token, now), { session }).lean(),
    find: (tenantId, kinds, token, now) => model.findOne(liveOne(tenantId, kinds, token, now)).lean(),
    async dropAllOf({ session, actor: { tenantId } }, userId, kinds) {
      await model.deleteMany({ tenantId, userId, ...(kinds && { kind: { $in: kinds } }) }, { session });
    },
  };
}
