import type { Caller } from '../../engine/caller.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { UserGroupStore } from '../users/assignments/user-groups.store.ts';
import type { Group } from './group.model.ts';
import type { GroupStore } from './group.store.ts';
import type { GroupDelegation } from './group.types.ts';

/** A user, and a group to which the user is added or from which the user is removed. */
export interface Placement {
  readonly userId: string;
  readonly groupId: string;
}

/** Which users are in which groups. */
export interface GroupMembers {
  /**
   * Adds users to groups: all of them or none. Users who are in the group already stay in it.
   *
   * Throws `group-not-found`, `user-not-found`, `target-outranks-caller`, `grants-exceed-own`.
   */
  add(actor: Actor, caller: Caller, placements: readonly Placement[]): Promise<void>;
  /** Removes a user from a group. Throws the same as `add`, and `user-not-in-group`. */
  remove(actor: Actor, caller: Caller, placement: Placement): Promise<void>;
  /** The groups of a user. Throws `user-not-found`. */
  groupsOf(tenantId: string, userId: string): Promise<Group[]>;
  /** Throws `target-outranks-caller` if a user of the group has a grant that the caller does not have. */
  requireMayActOnAll(tx: ChangeTransaction, caller: Caller, groupId: string): Promise<void>;
  /** Removes all users from a group. The transaction must raise the policy version. */
  clear(tx: ChangeTransaction, groupId: string): Promise<void>;
}

export interface GroupMembersDeps {
  readonly groups: Pick<GroupStore, 'lock' | 'readAll'>;
  readonly users: UserGroupStore;
  readonly changes: ChangeService;
  readonly delegation: Pick<GroupDelegation, 'requireMayActOn' | 'requireMayChangeEach'>;
}

/** The number of users that are checked in one step. */
const batch = 500;

/** Creates the service that adds users to groups and removes them. */
export function createGroupMembers({ groups, users, changes, delegation }: GroupMembersDeps): GroupMembers {
  /** Checks that the caller may make this change for these users. `change` returns the groups of a user after the change. */
  async function requireMayPlace(
    tx: ChangeTransaction, caller: Caller, userIds: readonly string[], change: (groups: readonly string[], userId: string) => string[],
  ): Promise<void> {
    for (let start = 0; start < userIds.length; start += batch) {
      const ids = userIds.slice(start, start + batch);
      const found = await users.readGrantees(tx, ids);
      if (found.length < ids.length) throw new AppError('user-not-found');
      await delegation.requireMayChangeEach(
        caller, found, (user) => ({ ...user, groups: change(user.groups ?? [], user._id) }), tx.session,
      );
    }
  }

  /** Writes to the group, so that a delete at the same moment conflicts. */
  async function lock(tx: ChangeTransaction, groupId: string): Promise<void> {
    if (!await groups.lock(tx, groupId)) throw new AppError('group-not-found');
  }

  return {
    add: (actor, caller, placements) => changes.transact(actor, async (tx) => {
      const usersOf = new Map<string, string[]>();
      for (const { userId, groupId } of placements) usersOf.set(groupId, [...usersOf.get(groupId) ?? [], userId]);
      const groupsOf = new Map<string, string[]>();
      for (const { userId, groupId } of placements) groupsOf.set(userId, [...groupsOf.get(userId) ?? [], groupId]);
      await requireMayPlace(tx, caller, [...groupsOf.keys()], (held, userId) => [...new Set([...held, ...groupsOf.get(userId) ?? []])]);
      for (const [groupId, userIds] of usersOf) {
        await lock(tx, groupId);
        const added = await users.findOutside(tx, groupId, userIds);
        if (added.length === 0) continue;
        await users.addToGroup(tx, groupId, added);
        tx.record({ action: 'group.add-users', target: { kind: 'group', id: groupId }, after: { users: added }, users: added });
      }
    }),

    remove: (actor, caller, { userId, groupId }) => changes.transact(actor, async (tx) => {
      await requireMayPlace(tx, caller, [userId], (held) => held.filter((each) => each !== groupId));
      await lock(tx, groupId);
      if (!await users.removeFromGroup(tx, groupId, userId)) throw new AppError('user-not-in-group');
      tx.record({ action: 'group.remove-user', target: { kind: 'group', id: groupId }, before: { users: [userId] }, users: [userId] });
    }),

    async groupsOf(tenantId, userId) {
      const groupIds = await users.groupIdsOf(tenantId, userId);
      if (!groupIds) throw new AppError('user-not-found');
      return groups.readAll(tenantId, groupIds);
    },

    async requireMayActOnAll(tx, caller, groupId) {
      if (caller.grants.isSuperadmin) return;
      for (let found = await users.readMembers(tx, groupId, batch); found.length > 0;) {
        await delegation.requireMayActOn(caller, found, tx.session);
        const last = found.at(-1)?._id;
        found = found.length < batch || last === undefined ? [] : await users.readMembers(tx, groupId, batch, last);
      }
    },

    clear: users.clearGroup,
  };
}
