import type { Caller } from '../../engine/caller.ts';
import { replaceRole } from '../../engine/grants/role-times.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { ClientStore } from './client.store.ts';
import type { ClientDelegation } from './client.types.ts';

/** Clients as holders of roles. */
export function createClientRoleHolder(
  store: Pick<ClientStore, 'countHolders' | 'readHolders' | 'replaceRole'>, delegation: Pick<ClientDelegation, 'requireMayChangeEach'>,
) {
  return {
    count: store.countHolders,
    /** Replaces a role of all clients by another one. Throws `target-outranks-caller`, `grants-exceed-own`. */
    async reassign(tx: ChangeTransaction, caller: Caller, fromRoleId: string, toRoleId: string): Promise<void> {
      const clients = await store.readHolders(tx, fromRoleId);
      const replaced = (roles: readonly string[]) => replaceRole(roles, fromRoleId, toRoleId);
      await delegation.requireMayChangeEach(caller, clients, (client) => ({ ...client, roles: replaced(client.roles) }), tx.session);
      await store.replaceRole(tx, fromRoleId, toRoleId);
    },
  };
}
