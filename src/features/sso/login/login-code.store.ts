import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { LoginCode } from './login-code.model.ts';

/** The queries about codes of logins. */
export interface LoginCodeStore {
  add(tx: ChangeTransaction, code: LoginCode): Promise<void>;
  /** Deletes a live code and answers it; null unless the verifier fits too, so that a stolen code alone cannot be used up. */
  take(tenantId: string, code: Pick<LoginCode, '_id' | 'codeChallenge'>, now: Date): Promise<LoginCode | null>;
  dropAllOf(tx: ChangeTransaction, userId: string): Promise<void>;
}

/** Creates the store of login codes. */
export function createLoginCodeStore(model: Model<LoginCode>): LoginCodeStore {
  return {
    async add({ session }, code) {
      await model.create([code], { session });
    },
    take: (tenantId, { _id, codeChallenge }, now) => model.findOneAndDelete(
      { tenantId, _id, codeChallenge, expiresAt: { $gt: now } },
    ).lean(),
    async dropAllOf({ session, actor: { tenantId } }, userId) {
      await model.deleteMany({ tenantId, userId }, { session });
    },
  };
}
