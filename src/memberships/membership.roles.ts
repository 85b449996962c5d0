import type { Model } from 'mongoose';
import type { RoleHolders } from '../roles/role.holders.ts';
import type { Membership } from './membership.model.ts';

/** Memberships as holders of roles. */
export function createMembershipRoles(model: Model<Membership>): RoleHolders {
  return {
    count: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roleId }).session(session),
    async reassign({ session, actor: { tenantId } }, _caller, fromRoleId, toRoleId) {
      const replaced = await model.find({ tenantId, roleId: fromRoleId }, null, { session }).lean();
      for (const { _id, userId, resource } of replaced) {
        // Who has the new role there already keeps that one alone.
        if (await model.exists({ tenantId, userId, resource, roleId: toRoleId }).session(session)) await model.deleteOne({ tenantId, _id }, { session });
        else await model.updateOne({ tenantId, _id }, { $set: { roleId: toRoleId } }, { session });
      }
    },
  };
}
