import type { Caller } from '../../engine/caller.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { GroupMembers } from './group.members.ts';
import type { GroupStore } from './group.store.ts';

/** Groups as holders of roles. */
export function createGroupRoleHolder(
  store: Pick<GroupStore, 'countHolders' | 'findHolders' | 'replaceRole'>, requireMayActOnAll: GroupMembers['requireMayActOnAll'],
) {
  return {
    count: store.countHolders,
    /** Replaces a role of all groups by another one. Throws `target-outranks-caller`. */
    async reassign(tx: ChangeTransaction, caller: Caller, fromRoleId: string, toRoleId: string): Promise<void> {
      for (const groupId of await store.findHolders(tx, fromRoleId)) await requireMayActOnAll(tx, caller, groupId);
      await store.replaceRole(tx, fromRoleId, toRoleId);
    },
  };
}
