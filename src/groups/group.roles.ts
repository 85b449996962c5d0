import type { Model } from 'mongoose';
import type { RoleHolders } from '../roles/role.holders.ts';
import type { Group } from './group.model.ts';

/** Groups as holders of roles. */
export function createGroupRoles(model: Model<Group>): RoleHolders {
  return {
    count: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roles: roleId }).session(session),
    async reassign({ session, actor: { tenantId } }, _caller, fromRoleId, toRoleId) {
      const holders = { tenantId, roles: fromRoleId };
      // Two updates, because a list cannot be added to and taken from in one.
      await model.updateMany(holders, { $addToSet: { roles: toRoleId } }, { session });
      await model.updateMany(holders, { $pull: { roles: fromRoleId }, $inc: { version: 1 } }, { session });
    },
  };
}
