import type { Caller } from '../../engine/caller.ts';
import { grantsUnlockedBy } from '../../engine/grants/may-delegate.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { User } from '../users/user.model.ts';
import type { UserStore } from '../users/user.store.ts';
import type { Membership } from './membership.model.ts';
import type { MembershipFilter, MembershipStore } from './membership.store.ts';
import type { GrantsOfUser, MembershipDelegation } from './membership.types.ts';

/** A user and a resource. */
export interface MembershipPlace {
  readonly userId: string;
  readonly resource: string;
}

/** Locks a role and returns its roleId. */
type ClaimedRole = (tx: ChangeTransaction) => Promise<string>;

export interface MembershipService {
  load(tenantId: string, filter: MembershipFilter, page: PageRequest): Promise<Page<Membership>>;
  /**
   * Gives a user a role on a resource. Does nothing if the user has it already.
   *
   * Throws `user-not-found`, `role-not-found`, `superadmin-not-inherited`, `target-outranks-caller`, `grants-exceed-own`.
   */
  add(actor: Actor, caller: Caller, place: MembershipPlace, role: ClaimedRole): Promise<Membership>;
  /** Removes a user's role on a resource. Throws the same as `add`, and `membership-not-found`. */
  remove(actor: Actor, caller: Caller, place: MembershipPlace, role: ClaimedRole): Promise<void>;
}

export interface MembershipDeps {
  readonly store: MembershipStore;
  readonly users: Pick<UserStore, 'read' | 'raiseAccessVersion'>;
  readonly changes: ChangeService;
  readonly delegation: MembershipDelegation;
  readonly resolveGrants: GrantsOfUser;
  readonly superadminRole: string;
}

/** Creates the service that gives users roles on single resources. */
export function createMembershipService({
  store, users, changes, delegation, resolveGrants, superadminRole,
}: MembershipDeps): MembershipService {
  interface Claimed {
    readonly user: User;
    readonly membership: Membership;
    readonly isStored: boolean;
  }

  /** Finds a membership, or creates one that is not stored yet. Checks that the caller may act on the user. */
  async function lock(tx: ChangeTransaction, caller: Caller, { userId, resource }: MembershipPlace, role: ClaimedRole): Promise<Claimed> {
    const { actor: { tenantId }, session } = tx;
    const user = await users.read(tenantId, userId, session);
    if (!user) throw new AppError('user-not-found');
    await delegation.requireMayActOn(caller, [user], session);
    const roleId = await role(tx);
    if (roleId === superadminRole) throw new AppError('superadmin-not-inherited');
    const wanted = { tenantId, userId, resource, roleId };
    const stored = await store.find(tx, wanted);
    return { user, membership: stored ?? { _id: newId(), ...wanted }, isStored: stored !== null };
  }

  /**
   * Runs a change of a membership. The caller must have all grants that the user has before and after it.
   *
   * A new membership may also unlock grants with conditions on memberships, so the caller must have these grants too. They are
   * not checked if the caller is a member of the resource: the conditions then hold for both.
   */
  async function guarded<T>(
    tx: ChangeTransaction, caller: Caller, { user, membership: { resource } }: Claimed, work: () => Promise<T>,
  ): Promise<T> {
    const isMember = await store.isMember(tx, caller.userId, resource);
    return delegation.withDelegationCheck(caller, async () => {
      const { granted } = await resolveGrants(user, tx.session);
      return {
        granted: isMember ? granted : [...granted, ...grantsUnlockedBy(granted, 'subject.memberships')], roles: delegation.rolesOf(user),
      };
    }, work, tx.session);
  }

  return {
    load: store.load,

    add: (actor, caller, place, role) => changes.transact(actor, async (tx) => {
      const claimed = await lock(tx, caller, place, role);
      const { membership, isStored } = claimed;
      await guarded(tx, caller, claimed, async () => {
        if (isStored) return;
        await store.create(tx, membership);
        await users.raiseAccessVersion(tx, place.userId);
        tx.record({
          action: 'membership.add', target: { kind: 'membership', id: membership._id }, after: auditView(membership), users: [place.userId],
        });
      });
      return membership;
    }),

    remove: (actor, caller, place, role) => changes.transact(actor, async (tx) => {
      const claimed = await lock(tx, caller, place, role);
      const { membership, isStored } = claimed;
      if (!isStored) throw new AppError('membership-not-found');
      await guarded(tx, caller, claimed, () => store.remove(tx, membership._id));
      await users.raiseAccessVersion(tx, place.userId);
      tx.record({ action: 'membership.remove', target: {
        kind: 'membership', id: membership._id,
      }, before: auditView(membership), users: [place.userId] });
    }),
  };
}

/** The fields of a membership that audit records contain. */
function auditView({ userId, resource, roleId }: Membership): Record<string, unknown> {
  return { userId, resource, roleId };
}
