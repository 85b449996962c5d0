import type { Caller } from '../../../engine/caller.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { AppError } from '../../../errors/errors.ts';
import type { RoleHolder } from '../../roles/role.types.ts';
import type { TenantRecordStore } from '../tenant-records.store.ts';

/** The role that a user of a tenant gets when the address is confirmed. */
export interface DefaultRole {
  /** Answers its roleId. Throws `tenant-not-found`. */
  read(tenantId: string): Promise<string>;
  /** Throws `tenant-not-found`, `role-not-found`, `superadmin-not-inherited`, `grants-exceed-own`. */
  set(actor: Actor, caller: Caller, find: (tx: ChangeTransaction) => Promise<string>): Promise<string>;
  /** The tenant holds its default role like a user: a call that deletes the role must name another one in its place. */
  readonly holder: RoleHolder;
}

export interface DefaultRoleDeps {
  readonly store: Pick<TenantRecordStore, 'readDefaultRole' | 'setDefaultRole'>;
  readonly changes: ChangeService;
  /** roleId of the default role of a tenant that has set none. */
  readonly usual: string;
  /** Throws `role-not-found`, `superadmin-not-inherited`. */
  readonly lockRoles: (tx: ChangeTransaction, roleIds: readonly string[]) => Promise<void>;
  /**
   * Does work that changes the default role, which `read` answers. The caller must be allowed to give the old role and the new one.
   * Throws `grants-exceed-own`.
   */
  readonly withDelegationCheck: <T>(
    tx: ChangeTransaction, caller: Caller, read: () => Promise<string>, work: () => Promise<T>,
  ) => Promise<T>;
}

/** Creates the service that reads and sets the default role of a tenant. */
export function createDefaultRole({ store, changes, usual, lockRoles, withDelegationCheck }: DefaultRoleDeps): DefaultRole {
  async function read(tenantId: string, tx?: ChangeTransaction): Promise<string> {
    const tenant = await store.readDefaultRole(tenantId, tx);
    if (!tenant) throw new AppError('tenant-not-found');
    return tenant.defaultRole ?? usual;
  }

  async function write(tx: ChangeTransaction, before: string, after: string): Promise<void> {
    await store.setDefaultRole(tx, after);
    tx.record({
      action: 'tenant.set-default-role', target: { kind: 'tenant', id: tx.actor.tenantId },
      before: { defaultRole: before }, after: { defaultRole: after },
      raisesPolicy: true, // users whom a provider gives no other role have it
    });
  }

  return {
    read: (tenantId) => read(tenantId),
    set: (actor, caller, find) => changes.transact(actor, async (tx) => {
      const { tenantId } = actor;
      const before = await read(tenantId, tx);
      const after = await find(tx);
      await lockRoles(tx, [after]);
      if (after !== before) await withDelegationCheck(tx, caller, () => read(tenantId, tx), () => write(tx, before, after));
      return after;
    }),
    holder: {
      count: async (tx, roleId) => ((await read(tx.actor.tenantId, tx)) === roleId ? 1 : 0),
      async reassign(tx, _caller, fromRoleId, toRoleId) {
        if (await read(tx.actor.tenantId, tx) === fromRoleId) await write(tx, fromRoleId, toRoleId);
      },
    },
  };
}
