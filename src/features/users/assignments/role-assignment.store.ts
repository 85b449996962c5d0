import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { User } from '../user.model.ts';
import type { Grantee } from '../user.types.ts';

/** The queries about which users have which roles. */
export interface RoleAssignmentStore {
  countHolders(tx: ChangeTransaction, roleId: string): Promise<number>;
  readHolders(tx: ChangeTransaction, roleId: string): Promise<Grantee[]>;
  /** Removes a role from all users whose assignment of it had ended at `now`. */
  forgetEnded(tx: ChangeTransaction, roleId: string, now: Date): Promise<void>;
  /** Replaces a role of all its holders by another one. The times stay the same. Holders of the other role keep it unchanged. */
  replaceRole(tx: ChangeTransaction, fromRoleId: string, toRoleId: string): Promise<void>;
}

/** Creates the store of the roles that users have. */
export function createRoleAssignmentStore(model: Model<User>): RoleAssignmentStore {
  return {
    countHolders: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roles: roleId }).session(session).exec(),
    readHolders: ({ session, actor: { tenantId } }, roleId) => (
      model.find({ tenantId, roles: roleId }, { tenantId: 1, roles: 1, roleTimes: 1, groups: 1, hasIdentities: 1 }, { session }).lean()),
    async forgetEnded({ session, actor: { tenantId } }, roleId, now) {
      const ended = { roleId, validUntil: { $lte: now } };
      await model.updateMany(
        { tenantId, roles: roleId, roleTimes: { $elemMatch: ended } }, { $pull: { roles: roleId, roleTimes: { roleId } } }, { session },
      );
    },
    async replaceRole({ session, actor: { tenantId } }, fromRoleId, toRoleId) {
      const holders = { tenantId, roles: fromRoleId };
      const timed = { ...holders, 'roleTimes.roleId': fromRoleId };
      const renamed = { $set: { 'roleTimes.$[old].roleId': toRoleId } };
      await model.updateMany({ ...timed, $nor: [{ roles: toRoleId }] }, renamed, { session, arrayFilters: [{ 'old.roleId': fromRoleId }] });
      await model.updateMany(timed, { $pull: { roleTimes: { roleId: fromRoleId } } }, { session });
      // Two updates, because one update cannot add to a list and remove from it.
      await model.updateMany(holders, { $addToSet: { roles: toRoleId } }, { session });
      await model.updateMany(holders, { $pull: { roles: fromRoleId }, $inc: { accessVersion: 1, version: 1 } }, { session });
    },
  };
}
