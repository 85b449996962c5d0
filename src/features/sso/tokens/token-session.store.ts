import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { TokenSession } from './token-session.model.ts';

/** The queries about sessions that tokens opened. */
export interface TokenSessionStore {
  /** Rejects with a duplicate key if the token has opened a session already. */
  add(tx: ChangeTransaction, row: TokenSession): Promise<void>;
  /** The id of the session that a token opened, even if it has ended; null if it opened none. */
  find(tenantId: string, digest: string, now: Date): Promise<string | null>;
}

/** Creates the store of sessions that tokens opened. */
export function createTokenSessionStore(model: Model<TokenSession>): TokenSessionStore {
  return {
    async add({ session }, row) {
      await model.create([row], { session });
    },
    async find(tenantId, digest, now) {
      const found = await model.findOne({ tenantId, _id: digest, expiresAt: { $gt: now } }, { sessionId: 1 }).lean();
      return found?.sessionId ?? null;
    },
  };
}
