import type { Model } from 'mongoose';
import { emailKeyOf } from '../../../http/input/email-address.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { isDuplicate } from '../../../platform/database/queries/duplicate.ts';
import type { User } from '../user.model.ts';

/** An account and its address, as written and as compared. */
export type StoredAddress = Pick<User, '_id' | 'email' | 'emailKey'>;

/** The queries about who has which address; an address in other letter case is the same. */
export interface EmailAddressStore {
  /** The user who has an address, with roles whose time is over. */
  findUser(tx: ChangeTransaction, email: string): Promise<User | null>;
  /** The userId of the user who has an address; null if it is free. */
  holderOf(tx: ChangeTransaction, email: string): Promise<string | null>;
  isHeldByAnother(tx: ChangeTransaction, email: string, userId: string): Promise<boolean>;
  /** All accounts of a tenant, a few in memory at a time. */
  eachAddress(tenantId: string): AsyncIterable<StoredAddress>;
  /** The account whose address is stored in this compared form. */
  findByKey(tenantId: string, emailKey: string): Promise<Pick<User, '_id' | 'email'> | null>;
  /** Stores the compared form of an address; false if somebody has taken it meanwhile. */
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
