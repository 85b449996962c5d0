import type { Model } from 'mongoose';
import type { Caller } from '../../engine/caller.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { Delegation, Principal } from '../grants/grants.types.ts';
import type { User } from '../users/user.model.ts';
import type { Group } from './group.model.ts';

/** A user and the group they are to be in. */
export interface Placement {
  readonly userId: string;
  readonly groupId: string;
}

/** Who is in which group. */
export interface GroupMembers {
  /**
   * Puts users into groups, all of them or none; who is in already stays.
   *
   * Throws `group-not-found`, `user-not-found`, `target-outranks-caller`, `grants-exceed-own`.
   */
  add(actor: Actor, caller: Caller, placements: readonly Placement[]): Promise<void>;
  /** Throws the same, and `user-not-in-group`. */
  remove(actor: Actor, caller: Caller, placement: Placement): Promise<void>;
  /** The groups of a user. Throws `user-not-found`. */
  groupsOf(tenantId: string, userId: string): Promise<Group[]>;
  /** Throws `target-outranks-caller` if one of the group's users holds what the caller does not. */
  requireMayActOnAll(tx: ChangeTransaction, caller: Caller, groupId: string): Promise<void>;
  /** Takes everybody out, inside a transaction that raises the policy version. */
  clear(tx: ChangeTransaction, groupId: string): Promise<void>;
}

export interface GroupMembersDeps {
  readonly groups: Model<Group>;
  readonly users: Model<User>;
  readonly changes: ChangeService;
  readonly delegation: Delegation;
}

/** Users that are looked at together. */
const batch = 500;

/** Makes what puts users into groups and takes them out. */
export function createGroupMembers({ groups, users, changes, delegation }: GroupMembersDeps): GroupMembers {
  const findUsers = (tx: ChangeTransaction, filter: Record<string, unknown>): Promise<Principal[]> =>
    users.find({ ...filter, tenantId: tx.actor.tenantId }, { tenantId: 1, roles: 1, roleTimes: 1, groups: 1 }, { session: tx.session }).sort({ _id: 1 }).limit(batch).lean();

  /** Refuses what the caller could not give, or take from, these users; `change` says which groups each of them is in then. */
  async function requireMayPlace(tx: ChangeTransaction, caller: Caller, userIds: readonly string[], change: (groups: readonly string[], userId: string) => string[]): Promise<void> {
    for (let start = 0; start < userIds.length; start += batch) {
      const ids = userIds.slice(start, start + batch);
      const found = await findUsers(tx, { _id: { $in: ids } });
      if (found.length < ids.length) throw new AppError('user-not-found');
      await delegation.requireMayChangeEach(caller, found, (user) => ({ ...user, groups: change(user.groups ?? [], user._id) }), tx.session);
    }
  }

  /** Writes to the group, so that it is not deleted at the same moment. */
  async function lock({ actor: { tenantId }, session }: ChangeTransaction, groupId: string): Promise<void> {
    const { modifiedCount } = await groups.updateOne({ tenantId, _id: groupId }, { $inc: { lockCount: 1 } }, { session });
    if (modifiedCount === 0) throw new AppError('group-not-found');
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
        const outside = { tenantId: actor.tenantId, _id: { $in: userIds }, groups: { $ne: groupId } };
        const added = (await users.find(outside, { _id: 1 }, { session: tx.session }).sort({ _id: 1 }).lean()).map(({ _id }) => _id);
        if (added.length === 0) continue;
        await users.updateMany({ tenantId: actor.tenantId, _id: { $in: added } }, { $addToSet: { groups: groupId }, $inc: { accessVersion: 1, version: 1 } }, { session: tx.session });
        tx.record({ action: 'group.add-users', target: { kind: 'group', id: groupId }, after: { users: added }, users: added });
      }
    }),

    remove: (actor, caller, { userId, groupId }) => changes.transact(actor, async (tx) => {
      await requireMayPlace(tx, caller, [userId], (held) => held.filter((each) => each !== groupId));
      await lock(tx, groupId);
      const { modifiedCount } = await users.updateOne({ tenantId: actor.tenantId, _id: userId, groups: groupId }, { $pull: { groups: groupId }, $inc: { accessVersion: 1, version: 1 } }, { session: tx.session });
      if (modifiedCount === 0) throw new AppError('user-not-in-group');
      tx.record({ action: 'group.remove-user', target: { kind: 'group', id: groupId }, before: { users: [userId] }, users: [userId] });
    }),

    async groupsOf(tenantId, userId) {
      const user = await users.findOne({ tenantId, _id: userId }, { groups: 1 }).lean();
      if (!user) throw new AppError('user-not-found');
      return groups.find({ tenantId, _id: { $in: user.groups ?? [] } }).sort({ _id: 1 }).lean();
    },

    async requireMayActOnAll(tx, caller, groupId) {
      if (caller.grants.isSuperadmin) return;
      for (let found = await findUsers(tx, { groups: groupId }); found.length > 0;) {
        await delegation.requireMayActOn(caller, found, tx.session);
        const last = found.at(-1)?._id;
        found = found.length < batch || last === undefined ? [] : await findUsers(tx, { groups: groupId, _id: { $gt: last } });
      }
    },

    async clear(tx, groupId) {
      await users.updateMany({ tenantId: tx.actor.tenantId, groups: groupId }, { $pull: { groups: groupId }, $inc: { version: 1 } }, { session: tx.session });
    },
  };
}
