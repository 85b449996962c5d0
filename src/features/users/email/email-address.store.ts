import type { Model } from 'mongoose';
import { emailKeyOf } from '../../../http/input/email-address.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { isDuplicate } from '../../../platform/database/queries/duplicate.ts';
import type { User } from '../user.model.ts';

/** An account with its address: as the user wrote it, and in the form in which addresses are compared. */
export type StoredAddress = Pick<User, '_id' | 'email' | 'emailKey'>;

/** The queries about which user has which address. Letter case makes no difference. */
export interface EmailAddressStore {
  /** The user who has an address. Roles that have ended are included. */
  findUser(tx: ChangeTransaction, email: string): Promise<User | null>;
  /** The userId of the user who has an address; null if it is free. */
  holderOf(tx: ChangeTransaction, email: string): Promise<string | null>;
  isHeldByAnother(tx: ChangeTransaction, email: string, userId: string): Promise<boolean>;
  /** All accounts of a tenant. Only a few of them are in memory at the same time. */
  eachAddress(tenantId: string): AsyncIterable<StoredAddress>;
  /** The account whose address is stored in this form for comparison. */
  findByKey(tenantId: string, emailKey: string): Promise<Pick<User, '_id' | 'email'> | null>;
  /** Stores the form of an address that is compared. False if another user has it by now. */
  storeKey(tenantId: string, userId: string, emailKey: string): Promise<boolean>;
}

/** Creates the store of addresses. */
export function createEmailAddressStore(model: Model<User>): EmailAddressStore {
  return {
    findUser: ({ session, actor: { tenantId } }, email) => model.findOne(
      { tenantId, emailKey: emailKeyOf(email) }, null, { session },
    ).lean(),
    async holderOf({ session, actor: { tenantId } }, email) {
      return (await model.findOne({ tenantId, emailKey: emailKeyOf(email) }, { _id: 1 }, { session }).lean())?._id ?? null;
    },
    isHeldByAnother: async ({ session, actor: { tenantId } }, email, userId) => (
      (await model.exists({ tenantId, emailKey: emailKeyOf(email), _id: { $ne: userId } }).session(session)) !== null),
    eachAddress: (tenantId) => model.find({ tenantId }, { email: 1, emailKey: 1 }).lean<StoredAddress[]>().cursor(),
    findByKey: (tenantId, emailKey) => model.findOne({ tenantId, emailKey }, { email: 1 }).lean(),
    async storeKey(tenantId, userId, emailKey) {
      try {
        await model.updateOne({ tenantId, _id: userId }, { $set: { emailKey } });
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
  };
}
