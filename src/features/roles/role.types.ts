import type { Caller } from '../../engine/caller.ts';
import type { RightInput } from '../../engine/grants/right.ts';
import type { Permission, Policy } from '../../engine/policies/policy.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';

/** A role named by one of its two names. */
export type RoleRef = { readonly roleId: string; readonly type?: undefined } | { readonly type: string; readonly roleId?: undefined };

/** A role that every installation has, as declared in config/roles.ts. */
export interface RoleDeclaration {
  readonly type: string;
  /** By default its type. */
  readonly name?: string;
  readonly description?: string;
  /** Its own rights; what it inherits is computed. */
  readonly rights: readonly RightInput[];
  readonly permissions?: readonly Permission[];
  readonly policies?: readonly Policy[];
  /** Types of the roles below it, whose rights it has as well. */
  readonly inherits?: readonly string[];
  /** Given to new users. */
  readonly isDefault?: boolean;
}

/** A declared role, with what its declaration may leave out. */
export type SeededRole = RoleDeclaration & Required<Pick<RoleDeclaration, 'name' | 'description' | 'inherits'>>;

/** The role whose rights are all URLs; they come from init alone. */
export const superadminType = 'superadmin';

/** The role that looks after users; in a tenant of its own it holds the config URLs that say `tenantAdmin` as well. */
export const adminType = 'admin';

/** The role whose rights every session holds, whatever roles its user has. */
export const guestType = 'guest';

/** The role of users with a verified e-mail address. */
export const userType = 'user';

/** Locks a role for an assignment and returns its roleId. Throws `role-not-found`. */
export type LockRole = (tx: ChangeTransaction, ref: RoleRef) => Promise<string>;

/** Returns the roleIds of what new users are given, and locks them like an assignment does. */
export type LockDefaultRoles = (tx: ChangeTransaction) => Promise<string[]>;

/** What seeding one role did. */
export interface SeedResult {
  readonly created: boolean;
  readonly changed: boolean;
  /** Rights written into a new role, or added to, or taken from, an existing one. */
  readonly rights: number;
}

/** Brings one built-in role of a transaction's tenant up to its declaration. */
export type SeedRole = (tx: ChangeTransaction, declaration: SeededRole) => Promise<SeedResult>;

/** What roles are given to: users, groups, users on one resource, or clients. */
export interface RoleHolder {
  /** Drops the assignments of a role that have ended: they must not count, nor take the place of another. */
  forgetEnded?(tx: ChangeTransaction, roleId: string): Promise<void>;
  /** How many have a role. */
  count(tx: ChangeTransaction, roleId: string): Promise<number>;
  /**
   * Gives all of them another role instead, inside the transaction that deletes the role, which raises the policy version.
   *
   * Throws `target-outranks-caller` where one of them holds what the caller does not, and `grants-exceed-own` where the caller could
   * not assign the other role to one of them.
   */
  reassign(tx: ChangeTransaction, caller: Caller, fromRoleId: string, toRoleId: string): Promise<void>;
}
