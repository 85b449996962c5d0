import type { Caller } from '../../engine/caller.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { UserStore } from '../users/user.store.ts';
import type { MembershipStore } from './membership.store.ts';
import type { MembershipDelegation } from './membership.types.ts';

export interface MembershipRoleHolderDeps {
  readonly store: Pick<MembershipStore, 'countHolders' | 'readHolders' | 'replaceRole'>;
  readonly users: Pick<UserStore, 'readAll'>;
  readonly delegation: Pick<MembershipDelegation, 'requireMayActOn'>;
}

/** Memberships as holders of roles. */
export function createMembershipRoleHolder({ store, users, delegation }: MembershipRoleHolderDeps) {
  return {
    count: store.countHolders,
    /** Replaces a role of all memberships by another one. Throws `target-outranks-caller`. */
    async reassign(tx: ChangeTransaction, caller: Caller, fromRoleId: string, toRoleId: string): Promise<void> {
      const { session, actor: { tenantId } } = tx;
      const holders = await store.readHolders(tx, fromRoleId);
      const userIds = [...new Set(holders.map(({ userId }) => userId))];
      await delegation.requireMayActOn(caller, await users.readAll(tenantId, userIds, session), session);
      for (const membership of holders) await store.replaceRole(tx, membership, toRoleId);
    },
  };
}
