import type { Model } from 'mongoose';
import { replaceRole } from '../../engine/grants/role-times.ts';
import type { Delegation, Principal } from '../grants/grants.types.ts';
import type { RoleHolder } from '../roles/role.types.ts';
import type { Client } from './client.model.ts';

/** Clients as holders of roles. */
export function createClientRoleHolder(model: Model<Client>, delegation: Pick<Delegation, 'requireMayChangeEach'>): RoleHolder {
  return {
    count: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roles: roleId }).session(session),
    async reassign({ session, actor: { tenantId } }, caller, fromRoleId, toRoleId) {
      const holders = { tenantId, roles: fromRoleId };
      const clients: Principal[] = await model.find(holders, null, { session }).lean();
      await delegation.requireMayChangeEach(caller, clients, (client) => ({ ...client, roles: replaceRole(client.roles, fromRoleId, toRoleId) }), session);
      // Two updates, because a list cannot be added to and taken from in one.
      await model.updateMany(holders, { $addToSet: { roles: toRoleId } }, { session });
      await model.updateMany(holders, { $pull: { roles: fromRoleId }, $inc: { accessVersion: 1 } }, { session });
    },
  };
}
