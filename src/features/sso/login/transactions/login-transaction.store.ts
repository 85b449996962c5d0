import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../../platform/changes/change.service.ts';
import type { LoginTransaction } from './login-transaction.model.ts';

/** A transaction, and the proof that it belongs to a browser. */
export interface OwnedTransaction {
  readonly _id: string;
  readonly secretHash: string;
}

/** The queries about login transactions. */
export interface LoginTransactionStore {
  add(transaction: LoginTransaction): Promise<void>;
  /** Also one whose time is over, until the database clears it. */
  read(tenantId: string, id: string): Promise<LoginTransaction | null>;
  /** Deletes a transaction of this browser; false if another copy of the same answer came first. */
  take(tenantId: string, owned: OwnedTransaction): Promise<boolean>;
  /** Which of these are unfinished ones of the browser, the newest first. */
  unfinishedOf(tenantId: string, owned: readonly OwnedTransaction[], now: Date): Promise<readonly OwnedTransaction[]>;
  /** Drops the logins with which a user links or confirms an identity. */
  dropAllOf(tx: ChangeTransaction, userId: string): Promise<void>;
}

/** Creates the store of login transactions. */
export function createLoginTransactionStore(model: Model<LoginTransaction>): LoginTransactionStore {
  return {
    async add(transaction) {
      await model.create([transaction]);
    },
    read: (tenantId, _id) => model.findOne({ tenantId, _id }).lean(),
    async take(tenantId, { _id, secretHash }) {
      return await model.findOneAndDelete({ tenantId, _id, secretHash }).lean() !== null;
    },
    async unfinishedOf(tenantId, owned, now) {
      const secrets = new Map(owned.map(({ _id, secretHash }) => [_id, secretHash]));
      const found = await model.find(
        { tenantId, _id: { $in: [...secrets.keys()] }, expiresAt: { $gt: now } }, { secretHash: 1 },
      ).sort({ startedAt: -1 }).lean();
      return found.filter(({ _id, secretHash }) => secrets.get(_id) === secretHash);
    },
    async dropAllOf({ session, actor: { tenantId } }, userId) {
      await model.deleteMany({ tenantId, userId }, { session });
    },
  };
}
