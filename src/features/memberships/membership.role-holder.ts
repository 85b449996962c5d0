import type { Model } from 'mongoose';
import type { Delegation } from '../grants/grants.types.ts';
import type { RoleHolder } from '../roles/role.types.ts';
import type { User } from '../users/user.model.ts';
import type { Membership } from './membership.model.ts';

/** Memberships as holders of roles. */
export function createMembershipRoleHolder(model: Model<Membership>, users: Model<User>, delegation: Pick<Delegation, 'requireMayActOn'>): RoleHolder {
  return {
    count: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roleId }).session(session),
    async reassign({ session, actor: { tenantId } }, caller, fromRoleId, toRoleId) {
      const replaced = await model.find({ tenantId, roleId: fromRoleId }, null, { session }).lean();
      const members = { tenantId, _id: { $in: [...new Set(replaced.map(({ userId }) => userId))] } };
      await delegation.requireMayActOn(caller, await users.find(members, null, { session }).lean(), session);
      for (const { _id, userId, resource } of replaced) {
        // Who has the new role there already keeps that one alone.
        if (await model.exists({ tenantId, userId, resource, roleId: toRoleId }).session(session)) await model.deleteOne({ tenantId, _id }, { session });
        else await model.updateOne({ tenantId, _id }, { $set: { roleId: toRoleId } }, { session });
      }
    },
  };
}
