import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { User } from '../user.model.ts';
import type { Grantee } from '../user.types.ts';

/** The queries about which users are in which groups. */
export interface UserGroupStore {
  /** The fields that decide the grants of these users, in the order of their ids. Unknown ids are left out. */
  readGrantees(tx: ChangeTransaction, userIds: readonly string[]): Promise<Grantee[]>;
  /** The first `limit` users of a group after the id `after`, in the order of their ids. */
  readMembers(tx: ChangeTransaction, groupId: string, limit: number, after?: string): Promise<Grantee[]>;
  /** The ids of these users who are not in a group, in order. */
  findOutside(tx: ChangeTransaction, groupId: string, userIds: readonly string[]): Promise<string[]>;
  addToGroup(tx: ChangeTransaction, groupId: string, userIds: readonly string[]): Promise<void>;
  /** False if the user was not in it. */
  removeFromGroup(tx: ChangeTransaction, groupId: string, userId: string): Promise<boolean>;
  /** Removes all users from a group. Their access versions stay the same, because the policy version changes afterwards. */
  clearGroup(tx: ChangeTransaction, groupId: string): Promise<void>;
  /** The groupIds of a user; null if there is no such user. */
  groupIdsOf(tenantId: string, userId: string): Promise<string[] | null>;
}

const grantee = { tenantId: 1, roles: 1, roleTimes: 1, groups: 1, hasIdentities: 1 };

/** Creates the store of the groups that users are in. */
export function createUserGroupStore(model: Model<User>): UserGroupStore {
  return {
    readGrantees: ({ session, actor: { tenantId } }, userIds) => (
      model.find({ tenantId, _id: { $in: userIds } }, grantee, { session }).sort({ _id: 1 }).limit(userIds.length).lean()),
    readMembers: ({ session, actor: { tenantId } }, groupId, limit, after) => (
      model.find(
        { tenantId, groups: groupId, ...(after !== undefined && { _id: { $gt: after } }) }, grantee, { session },
      ).sort({ _id: 1 }).limit(limit).lean()),
    async findOutside({ session, actor: { tenantId } }, groupId, userIds) {
      const outside = await model.find(
        { tenantId, _id: { $in: userIds }, groups: { $ne: groupId } }, { _id: 1 }, { session },
      ).sort({ _id: 1 }).lean();
      return outside.map(({ _id }) => _id);
    },
    async addToGroup({ session, actor: { tenantId } }, groupId, userIds) {
      await model.updateMany(
        { tenantId, _id: { $in: userIds } }, { $addToSet: { groups: groupId }, $inc: { accessVersion: 1, version: 1 } }, { session },
      );
    },
    async removeFromGroup({ session, actor: { tenantId } }, groupId, userId) {
      const taken = { $pull: { groups: groupId }, $inc: { accessVersion: 1, version: 1 } };
      return (await model.updateOne({ tenantId, _id: userId, groups: groupId }, taken, { session })).modifiedCount > 0;
    },
    async clearGroup({ session, actor: { tenantId } }, groupId) {
      await model.updateMany({ tenantId, groups: groupId }, { $pull: { groups: groupId }, $inc: { version: 1 } }, { session });
    },
    async groupIdsOf(tenantId, userId) {
      const user = await model.findOne({ tenantId, _id: userId }, { groups: 1 }).lean();
      return user && (user.groups ?? []);
    },
  };
}
