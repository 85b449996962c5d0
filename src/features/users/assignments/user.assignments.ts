import type { Caller } from '../../../engine/caller.ts';
import { replaceRole, withoutEnded } from '../../../engine/grants/role-times.ts';
import type { RoleTimes } from '../../../engine/grants/role-times.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { AppError } from '../../../errors/errors.ts';
import type { EmailAddressStore } from '../email/email-address.store.ts';
import type { User } from '../user.model.ts';
import type { UserStore } from '../user.store.ts';
import type { Grantee, KeepingOneSuperadmin, UserDelegation, UserRef, WriteUser } from '../user.types.ts';
import type { RoleAssignmentStore } from './role-assignment.store.ts';

/** replace: the user keeps this role alone. add: the user gets it in addition to the others. remove: the user loses it. */
export type AssignMode = 'replace' | 'add' | 'remove';

export interface Assignment {
  readonly mode: AssignMode;
  /** When the role begins to apply; absent: at once. */
  readonly validFrom?: Date;
  /** When the role ends; absent: never. */
  readonly validUntil?: Date;
}

/** Which roles users have. */
export interface UserAssignments {
  /**
   * Assigns a role to a user. `role` locks the role and returns its roleId.
   *
   * Throws `user-not-found`, `role-not-found`, `superadmin-not-timed`, `last-superadmin`, `target-outranks-caller`, `grants-exceed-own`.
   */
  assign(actor: Actor, caller: Caller, who: UserRef, role: (tx: ChangeTransaction) => Promise<string>, how: Assignment): Promise<User>;
  /** Removes the assignments of a role that have ended. They grant nothing, and must not be moved to another role. */
  forgetEnded(tx: ChangeTransaction, roleId: string): Promise<void>;
  /** How many users have a role. */
  count(tx: ChangeTransaction, roleId: string): Promise<number>;
  /** Replaces a role of all its users by another one. Throws `target-outranks-caller`, `grants-exceed-own`. */
  reassign(tx: ChangeTransaction, caller: Caller, fromRoleId: string, toRoleId: string): Promise<void>;
}

export interface UserAssignmentDeps {
  readonly store: RoleAssignmentStore;
  readonly users: Pick<UserStore, 'read'>;
  readonly addresses: Pick<EmailAddressStore, 'findUser'>;
  readonly changes: ChangeService;
  readonly writeUser: WriteUser;
  readonly delegation: Pick<UserDelegation, 'requireMayChangeEach'>;
  readonly keepingOneSuperadmin: KeepingOneSuperadmin;
  /** ms since 1970 */
  readonly clock: () => number;
  /** The roleId of the superadmin. It cannot be assigned for a limited time. */
  readonly superadminRole: string;
}

/** Creates the service that assigns roles to users. It also moves users to another role when a role is deleted. */
export function createUserAssignments(deps: UserAssignmentDeps): UserAssignments {
  const { store, users, addresses, changes, clock, writeUser, delegation, keepingOneSuperadmin, superadminRole } = deps;

  async function requireUser(tx: ChangeTransaction, who: UserRef): Promise<User> {
    const user = await ('userId' in who ? users.read(tx.actor.tenantId, who.userId, tx.session) : addresses.findUser(tx, who.email));
    if (!user) throw new AppError('user-not-found');
    return withoutEnded(user, clock());
  }

  return {
    assign: (actor, caller, who, role, { mode, ...times }) => changes.transact(actor, async (tx) => {
      if (times.validUntil && times.validUntil.getTime() <= clock()) throw new AppError('invalid-input', {
        errors: [{ field: 'body.validUntil', message: 'must not be in the past' }],
      });
      const user = await requireUser(tx, who);
      const roleId = await role(tx);
      if (roleId === superadminRole && Object.keys(times).length > 0) throw new AppError('superadmin-not-timed');
      const roleTimes = assignedTimes(user.roleTimes, { roleId, ...times }, mode);
      const set = {
        roles: assignedRoles(user.roles, roleId, mode), ...((user.roleTimes !== undefined || roleTimes.length > 0) && { roleTimes }),
      };
      await delegation.requireMayChangeEach(caller, [user], (held) => ({ ...held, ...set }), tx.session);
      // Before the role begins and after it ends, the user has the other roles alone. The denies of this role do not apply then.
      if (Object.keys(times).length > 0) await delegation.requireMayChangeEach(
        caller, [user], (held) => ({ ...held, ...set, roles: set.roles.filter((each) => each !== roleId) }), tx.session,
      );
      return keepingOneSuperadmin(tx, () => writeUser(tx, 'user.assign', user, set, { raises: true }));
    }),

    forgetEnded: (tx, roleId) => store.forgetEnded(tx, roleId, new Date(clock())),

    count: store.countHolders,

    async reassign(tx, caller, fromRoleId, toRoleId) {
      const holders = await store.readHolders(tx, fromRoleId);
      await delegation.requireMayChangeEach(caller, holders, (user) => replaced(user, fromRoleId, toRoleId), tx.session);
      await store.replaceRole(tx, fromRoleId, toRoleId);
      const userIds = holders.map(({ _id }) => _id);
      tx.record({ action: 'role.reassign', target: { kind: 'role', id: fromRoleId }, after: {
        reassignedTo: toRoleId, users: userIds,
      }, users: userIds });
    },
  };
}

/** The times of the user's roles after the change. A role without limits has no entry. */
function assignedTimes(held: readonly RoleTimes[] = [], times: RoleTimes, mode: AssignMode): RoleTimes[] {
  const others = mode === 'replace' ? [] : held.filter(({ roleId }) => roleId !== times.roleId);
  return mode !== 'remove' && (times.validFrom ?? times.validUntil) ? [...others, times] : others;
}

function assignedRoles(roles: readonly string[], roleId: string, mode: AssignMode): string[] {
  if (mode === 'replace') return [roleId];
  const others = roles.filter((held) => held !== roleId);
  return mode === 'add' ? [...others, roleId] : others;
}

/** The user with the new role. It has the times of the old one, unless the user has the new role already. */
function replaced<T extends Grantee>(user: T, fromRoleId: string, toRoleId: string): T {
  const { roles, roleTimes = [] } = user;
  const others = roleTimes.filter(({ roleId }) => roleId !== fromRoleId);
  const old = roles.includes(toRoleId) ? undefined : roleTimes.find(({ roleId }) => roleId === fromRoleId);
  return { ...user, roles: replaceRole(roles, fromRoleId, toRoleId), roleTimes: old ? [...others, { ...old, roleId: toRoleId }] : others };
}
