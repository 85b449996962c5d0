import type { Model } from 'mongoose';
import type { SetUpTokens } from '../users/superadmin.service.ts';
import type { OneTimeTokenRecord } from './one-time-token.model.ts';
import { hashOneTimeToken, makeOneTimeToken } from './one-time-token.ts';

const kind = 'set-up-superadmin';

/** Keeps the set-up link's token: one at a time, good once, and only its hash is stored. */
export function createSetUpTokens(model: Model<OneTimeTokenRecord>): SetUpTokens {
  return {
    async replace({ session, actor: { tenantId } }, userId, expiresAt) {
      const { token, hash } = makeOneTimeToken(tenantId);
      await model.deleteMany({ tenantId, userId, kind }, { session });
      await model.create([{ _id: hash, tenantId, kind, userId, expiresAt }], { session });
      return token;
    },
    async take({ session, actor: { tenantId } }, token, now) {
      const found = await model.findOneAndDelete({ tenantId, _id: hashOneTimeToken(token), kind, expiresAt: { $gt: now } }, { session }).lean();
      return found?.userId ?? null;
    },
    async isLive(tenantId, token, now) {
      return (await model.exists({ tenantId, _id: hashOneTimeToken(token), kind, expiresAt: { $gt: now } })) !== null;
    },
  };
}
