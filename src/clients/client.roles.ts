import type { Model } from 'mongoose';
import type { RoleHolders } from '../roles/role.holders.ts';
import type { Client } from './client.model.ts';

/** Clients as holders of roles. */
export function createClientRoles(model: Model<Client>): RoleHolders {
  return {
    count: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roles: roleId }).session(session),
    async reassign({ session, actor: { tenantId } }, fromRoleId, toRoleId) {
      const holders = { tenantId, roles: fromRoleId };
      // Two updates, because a list cannot be added to and taken from in one.
      await model.updateMany(holders, { $addToSet: { roles: toRoleId } }, { session });
      await model.updateMany(holders, { $pull: { roles: fromRoleId }, $inc: { accessVersion: 1 } }, { session });
    },
  };
}
