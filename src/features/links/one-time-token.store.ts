import type { Model } from 'mongoose';
import { hashOneTimeToken, makeOneTimeToken } from '../../tokens/one-time-token.ts';
import type { OneTimeTokenKind, OneTimeTokenRecord } from './one-time-token.model.ts';
import type { OneTimeTokens } from './one-time-token.types.ts';

/** Creates the store of one-time tokens. */
export function createOneTimeTokenStore(model: Model<OneTimeTokenRecord>): OneTimeTokens {
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
