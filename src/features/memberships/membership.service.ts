import type { Model } from 'mongoose';
import type { Caller } from '../../engine/caller.ts';
import { grantsUnlockedBy } from '../../engine/grants/may-delegate.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { newId } from '../../platform/database/new-id.ts';
import { readPage } from '../../platform/database/page.ts';
import type { Page, PageRequest } from '../../platform/database/page.ts';
import type { Delegation, ResolveGrants } from '../grants/grants.types.ts';
import type { User } from '../users/user.model.ts';
import type { Membership } from './membership.model.ts';

export interface MembershipFilter {
  readonly userId?: string;
  readonly resource?: string;
}

/** Whom, on which resource. */
export interface MembershipPlace {
  readonly userId: string;
  readonly resource: string;
}

/** Locks a role and answers its roleId. */
type ClaimedRole = (tx: ChangeTransaction) => Promise<string>;

export interface MembershipService {
  load(tenantId: string, filter: MembershipFilter, page: PageRequest): Promise<Page<Membership>>;
  /**
   * Gives a user a role on a resource; one that they have there already stays.
   *
   * Throws `user-not-found`, `role-not-found`, `superadmin-not-inherited`, `target-outranks-caller`, `grants-exceed-own`.
   */
  add(actor: Actor, caller: Caller, place: MembershipPlace, role: ClaimedRole): Promise<Membership>;
  /** Throws the same, and `membership-not-found`. */
  remove(actor: Actor, caller: Caller, place: MembershipPlace, role: ClaimedRole): Promise<void>;
  /** Forgets a user inside the transaction that erases them. */
  forget(tx: ChangeTransaction, userId: string): Promise<void>;
}

export interface MembershipDeps {
  readonly model: Model<Membership>;
  readonly users: Model<User>;
  readonly changes: ChangeService;
  readonly delegation: Delegation;
  readonly resolveGrants: ResolveGrants;
  readonly superadminRole: string;
}

/** Makes what gives users roles on single resources. */
export function createMembershipService({ model, users, changes, delegation, resolveGrants, superadminRole }: MembershipDeps): MembershipService {
  interface Claimed {
    readonly user: User;
    readonly membership: Membership;
    readonly isStored: boolean;
  }

  /** The membership, whether or not it is stored, of a user on whom the caller may act. */
  async function lock(tx: ChangeTransaction, caller: Caller, { userId, resource }: MembershipPlace, role: ClaimedRole): Promise<Claimed> {
    const { actor: { tenantId }, session } = tx;
    const user = await users.findOne({ tenantId, _id: userId }, null, { session }).lean();
    if (!user) throw new AppError('user-not-found');
    await delegation.requireMayActOn(caller, [user], session);
    const roleId = await role(tx);
    if (roleId === superadminRole) throw new AppError('superadmin-not-inherited');
    const stored = await model.findOne({ tenantId, userId, resource, roleId }, null, { session }).lean();
    return { user, membership: stored ?? { _id: newId(), tenantId, userId, resource, roleId }, isStored: stored !== null };
  }

  /**
   * Does what changes a membership, if the caller could give the user what they hold before and after it.
   *
   * That includes whatever conditions on memberships keep from counting now, unless the caller is a member there as well:
   * then it counts for both alike.
   */
  async function guarded<T>({ session }: ChangeTransaction, caller: Caller, { user, membership: { resource } }: Claimed, work: () => Promise<T>): Promise<T> {
    const isMember = await model.exists({ tenantId: user.tenantId, userId: caller.userId, resource }).session(session);
    return delegation.withDelegationCheck(caller, async () => {
      const { granted } = await resolveGrants(user, session);
      return {
        granted: isMember ? granted : [...granted, ...grantsUnlockedBy(granted, 'subject.memberships')], roles: delegation.rolesOf(user),
      };
    }, work, session);
  }

  async function raise({ actor: { tenantId }, session }: ChangeTransaction, userId: string): Promise<void> {
    await users.updateOne({ tenantId, _id: userId }, { $inc: { accessVersion: 1 } }, { session });
  }

  return {
    load: (tenantId, filter, page) => readPage(['memberships', tenantId, filter], page, ({ _id }) => _id, 'ascending', (after, count) =>
      model.find({ ...filter, tenantId, ...(after && { _id: after }) }).sort({ _id: 1 }).limit(count).lean()),

    add: (actor, caller, place, role) => changes.transact(actor, async (tx) => {
      const claimed = await lock(tx, caller, place, role);
      const { membership, isStored } = claimed;
      await guarded(tx, caller, claimed, async () => {
        if (isStored) return;
        await model.create([membership], { session: tx.session });
        await raise(tx, place.userId);
        tx.record({ action: 'membership.add', target: { kind: 'membership', id: membership._id }, after: auditView(membership), users: [place.userId] });
      });
      return membership;
    }),

    remove: (actor, caller, place, role) => changes.transact(actor, async (tx) => {
      const claimed = await lock(tx, caller, place, role);
      const { membership, isStored } = claimed;
      if (!isStored) throw new AppError('membership-not-found');
      await guarded(tx, caller, claimed, () => model.deleteOne({ tenantId: actor.tenantId, _id: membership._id }, { session: tx.session }));
      await raise(tx, place.userId);
      tx.record({ action: 'membership.remove', target: { kind: 'membership', id: membership._id }, before: auditView(membership), users: [place.userId] });
    }),

    async forget({ actor: { tenantId }, session }, userId) {
      await model.deleteMany({ tenantId, userId }, { session });
    },
  };
}

/** What a record shows of a membership. */
function auditView({ userId, resource, roleId }: Membership): Record<string, unknown> {
  return { userId, resource, roleId };
}
