import type { Action } from '../../platform/changes/actions.ts';
import type { Actor, ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { Delegation } from '../grants/grants.types.ts';
import type { User } from './user.model.ts';

export interface UserProfile {
  readonly email?: string;
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly language?: string;
}

export interface NewUser extends UserProfile {
  readonly email: string;
  /** Absent: a mail invites the user to choose one. */
  readonly password?: string;
  /** Where the page of the mailed link leads. It must be in the list. */
  readonly returnTo?: string;
}

/** The orders in which users are listed. A minus reverses the order. Users without the value come first, with a minus last. */
export type UserOrder = 'createdAt' | '-createdAt' | 'email' | '-email' | 'lastLoginAt' | '-lastLoginAt';

export interface UserFilter {
  readonly email?: string;
  /** roleId */
  readonly role?: string;
  readonly isActive?: boolean;
  /** Whether the address is confirmed. */
  readonly isVerified?: boolean;
  /** Folded beginnings of words. Each must begin a word of the address or of a name. */
  readonly words?: readonly string[];
  /** Users who have not logged in since then, or never. */
  readonly lastLoginBefore?: Date;
}

/** A user, identified by id or address. */
export type UserRef = { readonly userId: string } | { readonly email: string };

/** The fields of a user that decide what the user is granted. */
export type Grantee = Pick<User, '_id' | 'tenantId' | 'roles' | 'roleTimes' | 'groups' | 'hasIdentities'>;

/**
 * Creates a user with the default roles, and mails a link to confirm the address.
 *
 * Throws `weak-password`, `password-queue-full`, `email-taken`, `tenant-full`.
 */
export type CreateUser = (actor: Actor, action: 'user.create' | 'user.register', user: NewUser) => Promise<User>;

/** Returns the form of an address that is compared. Throws `email-taken` if a user but `except` has it. */
export type RequireFreeEmail = (tx: ChangeTransaction, email: string, except?: string) => Promise<string>;

/**
 * Writes a user and records the difference. The same transaction must have read the user.
 *
 * With `raises`, the sessions of the user read roles and status again.
 */
export type WriteUser = (
  tx: ChangeTransaction, action: Action, before: User, set: Partial<User>, options?: { readonly raises?: boolean },
) => Promise<User>;

/** Erases a user inside a transaction. Throws `last-superadmin`. */
export type EraseUser = (
  tx: ChangeTransaction, action: 'user.delete' | 'user.delete-account' | 'user.displaced', user: User,
) => Promise<void>;

/**
 * Checks and hashes a new password. It must not consist of names in the `profile`.
 *
 * Throws `weak-password`, `password-queue-full`.
 */
export type HashNew = (
  password: string, profile: UserProfile, actor: Pick<Actor, 'tenantId' | 'userId' | 'ip'>,
) => Promise<NonNullable<User['password']>>;

/** Runs `work`. Throws `last-superadmin` if it removes the last superadmin who can log in. */
export type KeepingOneSuperadmin = <T>(tx: ChangeTransaction, work: () => Promise<T>) => Promise<T>;

/** The rules of delegation for changes of users. */
export type UserDelegation = Pick<Delegation, 'requireMayActOn' | 'requireMayChangeEach'>;

/**
 * Checks name and password with the service of the host. Returns the stored user with the known sources, or null.
 *
 * The first login creates the stored user, without a password and with the default roles. An unconfirmed account with the same
 * address is removed first. Throws `users-unreachable`, and `email-taken` if another user has the address.
 */
export type ValidateLogin = (actor: Actor, username: string, password: string) => Promise<User | null>;
