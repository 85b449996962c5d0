import type { Model } from 'mongoose';
import type { RoleHolder } from '../roles/role.types.ts';
import type { GroupMembers } from './group.members.ts';
import type { Group } from './group.model.ts';

/** Groups as holders of roles. */
export function createGroupRoleHolder(model: Model<Group>, requireMayActOnAll: GroupMembers['requireMayActOnAll']): RoleHolder {
  return {
    count: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roles: roleId }).session(session),
    async reassign(tx, caller, fromRoleId, toRoleId) {
      const { session, actor: { tenantId } } = tx;
      const holders = { tenantId, roles: fromRoleId };
      for (const { _id } of await model.find(holders, { _id: 1 }, { session }).lean()) await requireMayActOnAll(tx, caller, _id);
      // Two updates, because a list cannot be added to and taken from in one.
      await model.updateMany(holders, { $addToSet: { roles: toRoleId } }, { session });
      await model.updateMany(holders, { $pull: { roles: fromRoleId }, $inc: { version: 1 } }, { session });
    },
  };
}
