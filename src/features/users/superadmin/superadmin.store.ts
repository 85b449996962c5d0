import type { Model } from 'mongoose';
import { emailKeyOf } from '../../../http/input/email-address.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import { searchWordsOf } from '../search/search-words.ts';
import type { User } from '../user.model.ts';

/** The queries about superadmins. `roleId` is the id of the superadmin role. */
export interface SuperadminStore {
  /** Counts the superadmins who can log in: they are active and have a password. */
  countAble(tx: ChangeTransaction, roleId: string): Promise<number>;
  /** Whether a superadmin has a password. */
  hasPassword(tenantId: string, roleId: string, session?: ClientSession): Promise<boolean>;
  /** The first superadmin without a password who is not a user of the host's own service. */
  findWithoutPassword(tx: ChangeTransaction, roleId: string): Promise<User | null>;
  setCredentials(tx: ChangeTransaction, userId: string, credentials: Required<Pick<User, 'email' | 'password'>>): Promise<void>;
}

/** Creates the store of superadmins. */
export function createSuperadminStore(model: Model<User>): SuperadminStore {
  return {
    countAble: ({ session, actor: { tenantId } }, roleId) => (
      model.countDocuments({ tenantId, roles: roleId, isActive: true, 'password.hash': { $exists: true } }).session(session).exec()),
    hasPassword: async (tenantId, roleId, session) => (
      (await model.exists({ tenantId, roles: roleId, 'password.hash': { $exists: true } }).session(session ?? null)) !== null),
    findWithoutPassword: ({ session, actor: { tenantId } }, roleId) => model.findOne(
      { tenantId, roles: roleId, 'password.hash': { $exists: false }, externalId: { $exists: false } }, null, { session },
    ).sort({ _id: 1 }).lean(),
    async setCredentials({ session, actor: { tenantId } }, userId, { email, password }) {
      const names = await model.findOne({ tenantId, _id: userId }, { username: 1, firstName: 1, lastName: 1 }, { session }).lean();
      const searchWords = searchWordsOf({ ...names, email });
      await model.updateOne(
        { tenantId, _id: userId }, { $set: { email, emailKey: emailKeyOf(email), searchWords, password }, $inc: { version: 1 } },
        { session },
      );
    },
  };
}
