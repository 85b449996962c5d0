import type { Caller } from '../../../engine/caller.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { ProviderStore } from '../provider.store.ts';
import type { IdentityProvider } from '../provider.types.ts';
import type { ProviderDelegation } from './provider-delegation.ts';

/** Identity providers as holders of roles: their mappings give roles to users. */
export function createProviderRoleHolder(
  store: Pick<ProviderStore, 'countHolders' | 'readHolders' | 'write'>, delegation: ProviderDelegation,
) {
  return {
    count: store.countHolders,
    /** Replaces a role of all mappings by another one. Throws `target-outranks-caller`, `grants-exceed-own`. */
    async reassign(tx: ChangeTransaction, caller: Caller, fromRoleId: string, toRoleId: string): Promise<void> {
      for (const before of await store.readHolders(tx, fromRoleId)) {
        const after = withRole(before, fromRoleId, toRoleId);
        await delegation.requireMayActOnAll(tx, caller, before._id);
        await delegation.requireMayGive(tx, caller, before, after);
        await store.write(tx, after);
        // The preview of the deletion finds the linked users by this record.
        tx.record({
          action: 'role.reassign', target: { kind: 'provider', id: before._id }, raisesPolicy: true,
          before: { role: fromRoleId }, after: { role: toRoleId },
        });
      }
    },
  };
}

function withRole(provider: IdentityProvider, fromRoleId: string, toRoleId: string): IdentityProvider {
  const { roleMapping, provisioning } = provider;
  const replaced = (role: string) => (role === fromRoleId ? toRoleId : role);
  return {
    ...provider, roleMapping: roleMapping.map((entry) => ({ ...entry, role: replaced(entry.role) })),
    provisioning: {
      ...provisioning, ...(provisioning.defaultRole !== undefined && { defaultRole: replaced(provisioning.defaultRole) }),
    },
    version: provider.version + 1,
  };
}
