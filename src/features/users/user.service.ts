import type { Model } from 'mongoose';
import type { Caller } from '../../engine/caller.ts';
import { withoutEnded } from '../../engine/grants/role-times.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { newId } from '../../platform/database/new-id.ts';
import { readPage } from '../../platform/database/page.ts';
import type { Page, PageRequest } from '../../platform/database/page.ts';
import type { Delegation } from '../grants/grants.types.ts';
import { orderAddressConfirmation } from './confirmation-mail.ts';
import type { EraseUser } from './erase-user.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import type { User } from './user.model.ts';
import { changeOf, auditView } from './write-user.ts';
import type { WriteUser } from './write-user.ts';

export interface UserProfile {
  readonly email?: string;
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

export interface NewUser extends UserProfile {
  readonly email: string;
  /** Without one the user is invited by mail to choose it. */
  readonly password?: string;
}

export interface UserFilter {
  readonly email?: string;
  /** roleId */
  readonly role?: string;
  readonly isActive?: boolean;
}

export interface UserService {
  load(tenantId: string, filter: UserFilter, page: PageRequest): Promise<Page<User>>;
  /** Throws `user-not-found`. */
  find(tenantId: string, userId: string): Promise<User>;
  /** Creates a guest, and mails a link to confirm the address. Throws `weak-password`, `password-queue-full`, `email-taken`, `tenant-full`. */
  create(actor: Actor, action: 'user.create' | 'user.register', user: NewUser): Promise<User>;
  /**
   * A new address, or a new spelling of it, must be confirmed again; one's own changes by password alone, at /profile/change-email.
   *
   * Throws `user-not-found`, `target-outranks-caller`, `self-not-allowed`, `email-taken`, `version-conflict`.
   */
  update(actor: Actor, caller: Caller, userId: string, profile: UserProfile & { readonly version?: number }): Promise<User>;
  /** Disabling ends the user's sessions for good. Throws `self-not-allowed`, `user-not-found`, `target-outranks-caller`, `last-superadmin`. */
  setActive(actor: Actor, caller: Caller, userId: string, isActive: boolean): Promise<User>;
  /** Mails the user a link to set a new password. Throws `user-not-found`, `target-outranks-caller`, `mail-not-possible`. */
  mailNewPassword(actor: Actor, caller: Caller, userId: string): Promise<void>;
  /** Erases the user and their personal data. Throws what `setActive` does. */
  remove(actor: Actor, caller: Caller, userId: string): Promise<void>;
  /** How an address is compared, if nobody else has it. Throws `email-taken`. */
  requireFreeEmail(tx: ChangeTransaction, email: string, except?: string): Promise<string>;
  /** Refuses to act on somebody who holds what the caller does not. Throws `user-not-found`, `target-outranks-caller`. */
  requireMayActOn(caller: Caller, userId: string, tx?: ChangeTransaction): Promise<User>;
}

export interface UserDeps {
  readonly model: Model<User>;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly hashNew: HashNew;
  readonly writeUser: WriteUser;
  readonly endSessions: (tx: ChangeTransaction, userId: string) => Promise<void>;
  readonly erase: EraseUser;
  readonly delegation: Pick<Delegation, 'requireMayActOn'>;
  readonly keepingOneSuperadmin: KeepingOneSuperadmin;
  /** The roles of new users. */
  readonly defaultRoles: (tx: ChangeTransaction) => Promise<string[]>;
}

/** Checks a password that somebody chose, and hashes it; `profile` is whom it must not be made of. Throws `weak-password`, `password-queue-full`. */
export type HashNew = (password: string, profile: UserProfile, actor: Pick<Actor, 'tenantId' | 'userId' | 'ip'>) => Promise<NonNullable<User['password']>>;

/** Throws `last-superadmin` if, after what the transaction did, no active superadmin is left. */
export type KeepingOneSuperadmin = <T>(tx: ChangeTransaction, work: () => Promise<T>) => Promise<T>;

/** Makes what creates, finds, changes, disables and deletes users, by the rules of who may act on whom. */
export function createUserService(deps: UserDeps): UserService {
  const { model, changes, clock, hashNew, writeUser, endSessions, erase, delegation, keepingOneSuperadmin, defaultRoles } = deps;

  async function requireFreeEmail(tx: ChangeTransaction, email: string, except?: string): Promise<string> {
    const emailKey = emailKeyOf(email);
    const holder = await model.findOne({ tenantId: tx.actor.tenantId, emailKey }, { _id: 1 }, { session: tx.session }).lean();
    if (holder && holder._id !== except) throw new AppError('email-taken');
    return emailKey;
  }

  async function requireMayActOn(caller: Caller, userId: string, tx?: ChangeTransaction): Promise<User> {
    const user = withoutEnded(await requireUser(model, caller.tenantId, { userId }, tx), clock());
    await delegation.requireMayActOn(caller, [user], tx?.session);
    return user;
  }

  return {
    load: (tenantId, { email, role, isActive }, page) => {
      const filter = {
        tenantId,
        ...(email !== undefined && { emailKey: emailKeyOf(email) }),
        ...(role !== undefined && { roles: role, $nor: [{ roleTimes: { $elemMatch: { roleId: role, validUntil: { $lte: new Date(clock()) } } } }] }),
        ...(isActive !== undefined && { isActive }),
      };
      return readPage(['users', tenantId, { email, role, isActive }], page, ({ _id }) => _id, 'ascending', async (after, count) =>
        (await model.find(after ? { ...filter, _id: after } : filter).sort({ _id: 1 }).limit(count).lean()).map((user) => withoutEnded(user, clock())));
    },

    find: async (tenantId, userId) => withoutEnded(await requireUser(model, tenantId, { userId }), clock()),

    async create(actor, action, { password, ...profile }) {
      const stored = password === undefined ? undefined : await hashNew(password, profile, actor);
      return changes.transact(actor, async (tx) => {
        const emailKey = await requireFreeEmail(tx, profile.email);
        const user: User = {
          ...profile, _id: newId(), tenantId: actor.tenantId, emailKey, roles: await defaultRoles(tx), isActive: true,
          emailVerified: false, accessVersion: 1, version: 1, createdAt: new Date(clock()),
        };
        await model.create([{ ...user, ...(stored && { password: stored }) }], { session: tx.session });
        tx.record({ ...changeOf(action, user._id), after: auditView(user), creates: 'users' });
        orderAddressConfirmation(tx, { userId: user._id });
        return user;
      });
    },

    update: (actor, caller, userId, { version, ...profile }) => changes.transact(actor, async (tx) => {
      const user = await requireMayActOn(caller, userId, tx);
      if (version !== undefined && version !== user.version) throw new AppError('version-conflict');
      // Another spelling is another address: mail systems may tell letter case apart.
      if (profile.email === undefined || profile.email === user.email) return writeUser(tx, 'user.update', user, profile);
      if (userId === caller.userId) throw new AppError('self-not-allowed');
      const emailKey = await requireFreeEmail(tx, profile.email, userId);
      orderAddressConfirmation(tx, { userId });
      if (user.email !== undefined) tx.mail({ kind: 'email-changed', userId, email: user.email });
      return writeUser(tx, 'user.update', user, { ...profile, emailKey, emailVerified: false, verifiedRoleGiven: user.verifiedRoleGiven ?? user.emailVerified ?? false });
    }),

    setActive: (actor, caller, userId, isActive) => changes.transact(actor, async (tx) => {
      if (userId === caller.userId) throw new AppError('self-not-allowed');
      const user = await requireMayActOn(caller, userId, tx);
      if (user.isActive === isActive) return user;
      if (!isActive) await endSessions(tx, userId);
      return keepingOneSuperadmin(tx, () => writeUser(tx, isActive ? 'user.enable' : 'user.disable', user, { isActive }, { raises: true }));
    }),

    mailNewPassword: (actor, caller, userId) => changes.transact(actor, async (tx) => {
      const user = await requireMayActOn(caller, userId, tx);
      if (user.email === undefined || !user.isActive || user.externalId !== undefined) throw new AppError('mail-not-possible');
      tx.record(changeOf('user.mail-new-password', userId));
      tx.mail({ kind: 'reset-password', userId });
    }),

    remove: (actor, caller, userId) => changes.transact(actor, async (tx) => {
      if (userId === caller.userId) throw new AppError('self-not-allowed');
      await erase(tx, 'user.delete', await requireMayActOn(caller, userId, tx));
    }),

    requireFreeEmail,
    requireMayActOn,
  };
}

/** How a user is named. */
export type UserRef = { readonly userId: string } | { readonly email: string };

/** Throws `user-not-found`. */
export async function requireUser(model: Model<User>, tenantId: string, who: UserRef, tx?: ChangeTransaction): Promise<User> {
  const named = 'userId' in who ? { _id: who.userId } : { emailKey: emailKeyOf(who.email) };
  const user = await model.findOne({ tenantId, ...named }, null, { session: tx?.session ?? null }).lean();
  if (!user) throw new AppError('user-not-found');
  return user;
}
