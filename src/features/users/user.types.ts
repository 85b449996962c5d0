import type { Actor, ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { Delegation } from '../grants/grants.types.ts';
import type { User } from './user.model.ts';

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

/** How a user is named. */
export type UserRef = { readonly userId: string } | { readonly email: string };

/** As much of a user as decides what they are granted. */
export type Grantee = Pick<User, '_id' | 'tenantId' | 'roles' | 'roleTimes' | 'groups'>;

/** Creates a guest, and mails a link to confirm the address. Throws `weak-password`, `password-queue-full`, `email-taken`, `tenant-full`. */
export type CreateUser = (actor: Actor, action: 'user.create' | 'user.register', user: NewUser) => Promise<User>;

/** Answers the compared form of an address that nobody else has. Throws `email-taken`. */
export type RequireFreeEmail = (tx: ChangeTransaction, email: string, except?: string) => Promise<string>;

/**
 * Writes a user, inside a transaction that read it, and records the difference.
 *
 * With `raises`, sessions of the user read roles and status again.
 */
export type WriteUser = (
  tx: ChangeTransaction, action: string, before: User, set: Partial<User>, options?: { readonly raises?: boolean },
) => Promise<User>;

/** Erases a user inside a transaction. Throws `last-superadmin`. */
export type EraseUser = (
  tx: ChangeTransaction, action: 'user.delete' | 'user.delete-account' | 'user.displaced', user: User,
) => Promise<void>;

/**
 * Checks a chosen password, which must not be made of the `profile`, and hashes it. Throws `weak-password`, `password-queue-full`.
 */
export type HashNew = (
  password: string, profile: UserProfile, actor: Pick<Actor, 'tenantId' | 'userId' | 'ip'>,
) => Promise<NonNullable<User['password']>>;

/** Throws `last-superadmin` if no active superadmin is left after the work of the transaction. */
export type KeepingOneSuperadmin = <T>(tx: ChangeTransaction, work: () => Promise<T>) => Promise<T>;

/** The rules of delegation for those who change users. Inside a transaction, `session` names it. */
export type UserDelegation = Pick<Delegation, 'requireMayActOn' | 'requireMayChangeEach'>;

/**
 * Asks the service of the host whose password this is. Returns the user that is stored for them, with the known sources, or null.
 *
 * The first login creates that user: without a password, with the default roles. An account with the same address that nobody has
 * confirmed is removed first. Throws `users-unreachable`, and `email-taken` if another user has the address.
 */
export type ValidateLogin = (actor: Actor, username: string, password: string) => Promise<User | null>;
