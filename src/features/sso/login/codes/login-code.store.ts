import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../../platform/changes/change.service.ts';
import type { LoginCode } from './login-code.model.ts';

/** A code and the proof that its sender began the login. */
export type HeldCode = Pick<LoginCode, '_id' | 'codeChallenge' | 'kind'>;

/** The login that a code stands for. An absent field means any. */
export interface ProvedBy {
  readonly providerId: string;
  readonly identityId?: string;
  /** The provider's name of its session. */
  readonly external?: string;
}

/** The queries about codes of logins. */
export interface LoginCodeStore {
  add(tx: ChangeTransaction, code: LoginCode): Promise<void>;
  /** A live code; null unless verifier and kind fit too, so that somebody who stole a code alone cannot use it up. */
  find(tenantId: string, held: HeldCode, now: Date): Promise<LoginCode | null>;
  /** Uses up a code; false if it was used before. */
  take(tx: ChangeTransaction, id: string): Promise<boolean>;
  dropAllOf(tx: ChangeTransaction, userId: string): Promise<void>;
  /** Drops the codes of logins that the provider has ended. */
  dropProvedBy(tx: ChangeTransaction, proved: ProvedBy): Promise<void>;
}

/** Creates the store of login codes. */
export function createLoginCodeStore(model: Model<LoginCode>): LoginCodeStore {
  return {
    async add({ session }, code) {
      await model.create([code], { session });
    },
    find: (tenantId, held, now) => model.findOne({ ...held, tenantId, expiresAt: { $gt: now } }).lean(),
    async take({ session, actor: { tenantId } }, _id) {
      return (await model.deleteOne({ tenantId, _id }, { session })).deletedCount === 1;
    },
    async dropAllOf({ session, actor: { tenantId } }, userId) {
      await model.deleteMany({ tenantId, userId }, { session });
    },
    async dropProvedBy({ session, actor: { tenantId } }, { providerId, identityId, external }) {
      await model.deleteMany({
        tenantId, providerId, ...(identityId !== undefined && { identityId }),
        ...(external !== undefined && { 'proof.external': external }),
      }, { session });
    },
  };
}
