import type { Model } from 'mongoose';
import type { Caller } from '../../../engine/caller.ts';
import { replaceRole, withoutEnded } from '../../../engine/grants/role-times.ts';
import type { RoleTimes } from '../../../engine/grants/role-times.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { AppError } from '../../../errors/errors.ts';
import type { Delegation, Principal } from '../../grants/grants.types.ts';
import type { RoleHolder } from '../../roles/role.types.ts';
import type { User } from '../user.model.ts';
import { requireUser } from '../user.service.ts';
import type { KeepingOneSuperadmin, UserRef } from '../user.service.ts';
import type { WriteUser } from '../write-user.ts';

/** How roles are assigned: instead of, besides, or no longer among those the user has. */
export type AssignMode = 'replace' | 'add' | 'remove';

export interface Assignment {
  readonly mode: AssignMode;
  /** When the role begins to count, and when it no longer does; absent: at once, and for ever. */
  readonly validFrom?: Date;
  readonly validUntil?: Date;
}

/** Which roles users have. */
export interface UserAssignments extends RoleHolder {
  /**
   * `role` locks the role and answers its roleId.
   *
   * Throws `user-not-found`, `role-not-found`, `superadmin-not-timed`, `last-superadmin`, `target-outranks-caller`, `grants-exceed-own`.
   */
  assign(actor: Actor, caller: Caller, who: UserRef, role: (tx: ChangeTransaction) => Promise<string>, how: Assignment): Promise<User>;
}

export interface UserAssignmentDeps {
  readonly model: Model<User>;
  readonly changes: ChangeService;
  readonly writeUser: WriteUser;
  readonly delegation: Delegation;
  readonly keepingOneSuperadmin: KeepingOneSuperadmin;
  /** ms since 1970 */
  readonly clock: () => number;
  /** The roleId that takes no times. */
  readonly superadminRole: string;
}

/** Makes what assigns roles to users, and moves them to another role when theirs is deleted. */
export function createUserAssignments({ model, changes, clock, writeUser, delegation, keepingOneSuperadmin, superadminRole }: UserAssignmentDeps): UserAssignments {
  return {
    assign: (actor, caller, who, role, { mode, ...times }) => changes.transact(actor, async (tx) => {
      if (times.validUntil && times.validUntil.getTime() <= clock()) throw new AppError('invalid-input', { errors: [{ field: 'body.validUntil', message: 'must not be in the past' }] });
      const user = withoutEnded(await requireUser(model, actor.tenantId, who, tx), clock());
      const roleId = await role(tx);
      if (roleId === superadminRole && Object.keys(times).length > 0) throw new AppError('superadmin-not-timed');
      const roleTimes = assignedTimes(user.roleTimes, { roleId, ...times }, mode);
      const set = { roles: assignedRoles(user.roles, roleId, mode), ...((user.roleTimes !== undefined || roleTimes.length > 0) && { roleTimes }) };
      await delegation.requireMayChangeEach(caller, [user], (held) => ({ ...held, ...set }), tx.session);
      // Before it begins and after it ends they hold the rest alone, and without the denies of this one.
      if (Object.keys(times).length > 0) await delegation.requireMayChangeEach(caller, [user], (held) => ({ ...held, ...set, roles: set.roles.filter((each) => each !== roleId) }), tx.session);
      return keepingOneSuperadmin(tx, () => writeUser(tx, 'user.assign', user, set, { raises: true }));
    }),

    async forgetEnded({ session, actor: { tenantId } }, roleId) {
      const ended = { roleId, validUntil: { $lte: new Date(clock()) } };
      await model.updateMany({ tenantId, roles: roleId, roleTimes: { $elemMatch: ended } }, { $pull: { roles: roleId, roleTimes: { roleId } } }, { session });
    },

    count: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roles: roleId }).session(session),

    async reassign(tx, caller, fromRoleId, toRoleId) {
      const holders = { tenantId: tx.actor.tenantId, roles: fromRoleId };
      const users: Principal[] = await model.find(
        holders, { tenantId: 1, roles: 1, roleTimes: 1, groups: 1 }, { session: tx.session },
      ).lean();
      await delegation.requireMayChangeEach(caller, users, (user) => replaced(user, fromRoleId, toRoleId), tx.session);
      // Who held the old role for a time holds the new one for that time, unless they hold it anyway.
      const timed = { ...holders, 'roleTimes.roleId': fromRoleId };
      await model.updateMany({ ...timed, $nor: [{ roles: toRoleId }] }, { $set: { 'roleTimes.$[old].roleId': toRoleId } }, { session: tx.session, arrayFilters: [{ 'old.roleId': fromRoleId }] });
      await model.updateMany(timed, { $pull: { roleTimes: { roleId: fromRoleId } } }, { session: tx.session });
      // Two updates, because a list cannot be added to and taken from in one.
      await model.updateMany(holders, { $addToSet: { roles: toRoleId } }, { session: tx.session });
      await model.updateMany(holders, { $pull: { roles: fromRoleId }, $inc: { accessVersion: 1, version: 1 } }, { session: tx.session });
      const userIds = users.map(({ _id }) => _id);
      tx.record({ action: 'role.reassign', target: { kind: 'role', id: fromRoleId }, after: { reassignedTo: toRoleId, users: userIds }, users: userIds });
    },
  };
}

/** Only those that limit something are kept. */
function assignedTimes(held: readonly RoleTimes[] = [], times: RoleTimes, mode: AssignMode): RoleTimes[] {
  const others = mode === 'replace' ? [] : held.filter(({ roleId }) => roleId !== times.roleId);
  return mode !== 'remove' && (times.validFrom ?? times.validUntil) ? [...others, times] : others;
}

function assignedRoles(roles: readonly string[], roleId: string, mode: AssignMode): string[] {
  if (mode === 'replace') return [roleId];
  const others = roles.filter((held) => held !== roleId);
  return mode === 'add' ? [...others, roleId] : others;
}

/** Who held the old role for a time holds the new one for that time, unless they hold it anyway. */
function replaced<T extends Principal>(user: T, fromRoleId: string, toRoleId: string): T {
  const { roles, roleTimes = [] } = user;
  const others = roleTimes.filter(({ roleId }) => roleId !== fromRoleId);
  const old = roles.includes(toRoleId) ? undefined : roleTimes.find(({ roleId }) => roleId === fromRoleId);
  return { ...user, roles: replaceRole(roles, fromRoleId, toRoleId), roleTimes: old ? [...others, { ...old, roleId: toRoleId }] : others };
}
