import type { Caller } from '../../engine/caller.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import { orderAddressConfirmation } from './email/confirmation-mail.ts';
import type { EmailAddressStore } from './email/email-address.store.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import type { UserListStore } from './search/user-list.store.ts';
import type { User } from './user.model.ts';
import type { UserStore } from './user.store.ts';
import type {
  CreateUser, EraseUser, HashNew, KeepingOneSuperadmin, RequireFreeEmail, UserDelegation, UserProfile, WriteUser,
} from './user.types.ts';
import { changeOf, userAuditView } from './write-user.ts';

export interface UserService {
  readonly load: UserListStore['load'];
  /** Throws `user-not-found`. */
  find(tenantId: string, userId: string): Promise<User>;
  readonly create: CreateUser;
  /**
   * Changes address or names. A new address, or a new spelling of it, must be confirmed again. Callers cannot change their own
   * address here: /profile/change-email asks for the password.
   *
   * Throws `user-not-found`, `target-outranks-caller`, `self-not-allowed`, `email-taken`, `version-conflict`.
   */
  update(actor: Actor, caller: Caller, userId: string, profile: UserProfile & { readonly version?: number }): Promise<User>;
  /**
   * Enables or disables a user. Disabling ends the user's sessions for good.
   *
   * Throws `self-not-allowed`, `user-not-found`, `target-outranks-caller`, `last-superadmin`.
   */
  setActive(actor: Actor, caller: Caller, userId: string, isActive: boolean): Promise<User>;
  /** Mails the user a link to set a new password. Throws `user-not-found`, `target-outranks-caller`, `mail-not-possible`. */
  mailNewPassword(actor: Actor, caller: Caller, userId: string, returnTo?: string): Promise<void>;
  /** Erases the user and their personal data. Throws the same as `setActive`. */
  remove(actor: Actor, caller: Caller, userId: string): Promise<void>;
  readonly requireFreeEmail: RequireFreeEmail;
  /** Returns the user if the caller has all grants of that user. Throws `user-not-found`, `target-outranks-caller`. */
  requireMayActOn(caller: Caller, userId: string, tx?: ChangeTransaction): Promise<User>;
}

export interface UserDeps {
  readonly store: UserStore;
  readonly lists: UserListStore;
  readonly addresses: Pick<EmailAddressStore, 'holderOf'>;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly hashNew: HashNew;
  readonly writeUser: WriteUser;
  readonly endSessions: (tx: ChangeTransaction, userId: string) => Promise<void>;
  readonly erase: EraseUser;
  readonly delegation: Pick<UserDelegation, 'requireMayActOn'>;
  readonly keepingOneSuperadmin: KeepingOneSuperadmin;
  /** The roles of new users. */
  readonly defaultRoles: (tx: ChangeTransaction) => Promise<string[]>;
}

/** Creates the service that creates, finds, changes, disables and deletes users. It checks that the caller may act on the user. */
export function createUserService(deps: UserDeps): UserService {
  const { store, lists, addresses, changes, clock, hashNew, writeUser, endSessions } = deps;
  const { erase, delegation, keepingOneSuperadmin, defaultRoles } = deps;

  async function requireFreeEmail(tx: ChangeTransaction, email: string, except?: string): Promise<string> {
    const holder = await addresses.holderOf(tx, email);
    if (holder !== null && holder !== except) throw new AppError('email-taken');
    return emailKeyOf(email);
  }

  async function requireUser(tenantId: string, userId: string, tx?: ChangeTransaction): Promise<User> {
    const user = await store.read(tenantId, userId, tx?.session);
    if (!user) throw new AppError('user-not-found');
    return user;
  }

  async function requireMayActOn(caller: Caller, userId: string, tx?: ChangeTransaction): Promise<User> {
    const user = await requireUser(caller.tenantId, userId, tx);
    await delegation.requireMayActOn(caller, [user], tx?.session);
    return user;
  }

  return {
    load: lists.load,

    find: (tenantId, userId) => requireUser(tenantId, userId),

    async create(actor, action, { password, returnTo, ...profile }) {
      const stored = password === undefined ? undefined : await hashNew(password, profile, actor);
      return changes.transact(actor, async (tx) => {
        const emailKey = await requireFreeEmail(tx, profile.email);
        const user: User = {
          ...profile, _id: newId(), tenantId: actor.tenantId, emailKey, roles: await defaultRoles(tx), isActive: true,
          emailVerified: false, accessVersion: 1, version: 1, createdAt: new Date(clock()),
        };
        await store.create(tx, { ...user, ...(stored && { password: stored }) });
        tx.record({ ...changeOf(action, user._id), after: userAuditView(user), creates: 'users' });
        orderAddressConfirmation(tx, { userId: user._id }, returnTo);
        return user;
      });
    },

    update: (actor, caller, userId, { version, ...profile }) => changes.transact(actor, async (tx) => {
      const user = await requireMayActOn(caller, userId, tx);
      if (version !== undefined && version !== user.version) throw new AppError('version-conflict');
      // Another spelling may be another mailbox: some mail systems distinguish letter case.
      if (profile.email === undefined || profile.email === user.email) return writeUser(tx, 'user.update', user, profile);
      if (userId === caller.userId) throw new AppError('self-not-allowed');
      const emailKey = await requireFreeEmail(tx, profile.email, userId);
      orderAddressConfirmation(tx, { userId });
      if (user.email !== undefined) tx.mail({ kind: 'email-changed', userId, email: user.email });
      return writeUser(tx, 'user.update', user, {
        ...profile, emailKey, emailVerified: false, verifiedRoleGiven: user.verifiedRoleGiven ?? user.emailVerified ?? false,
      });
    }),

    setActive: (actor, caller, userId, isActive) => changes.transact(actor, async (tx) => {
      if (userId === caller.userId) throw new AppError('self-not-allowed');
      const user = await requireMayActOn(caller, userId, tx);
      if (user.isActive === isActive) return user;
      if (!isActive) await endSessions(tx, userId);
      return keepingOneSuperadmin(tx, () => writeUser(tx, isActive ? 'user.enable' : 'user.disable', user, { isActive }, { raises: true }));
    }),

    mailNewPassword: (actor, caller, userId, returnTo) => changes.transact(actor, async (tx) => {
      const user = await requireMayActOn(caller, userId, tx);
      if (user.email === undefined || !user.isActive || user.externalId !== undefined) throw new AppError('mail-not-possible');
      tx.record(changeOf('user.mail-new-password', userId));
      tx.mail({ kind: 'reset-password', userId, ...(returnTo !== undefined && { returnTo }) });
    }),

    remove: (actor, caller, userId) => changes.transact(actor, async (tx) => {
      if (userId === caller.userId) throw new AppError('self-not-allowed');
      await erase(tx, 'user.delete', await requireMayActOn(caller, userId, tx));
    }),

    requireFreeEmail,
    requireMayActOn,
  };
}
