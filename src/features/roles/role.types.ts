import type { Caller } from '../../engine/caller.ts';
import type { RightInput } from '../../engine/grants/right.ts';
import type { Permission, Policy } from '../../engine/policies/policy.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';

/** A role, named by roleId or by type. */
export type RoleRef = { readonly roleId: string; readonly type?: undefined } | { readonly type: string; readonly roleId?: undefined };

/** A role that every installation has, as declared in config/roles.ts. */
export interface RoleDeclaration {
  readonly type: string;
  /** Default: the type. */
  readonly name?: string;
  readonly description?: string;
  /** The own rights of the role, without inherited ones. */
  readonly rights: readonly RightInput[];
  readonly permissions?: readonly Permission[];
  readonly policies?: readonly Policy[];
  /** The types of the roles whose rights it inherits. */
  readonly inherits?: readonly string[];
  /** Whether new users get the role. */
  readonly isDefault?: boolean;
}

/** A declared role with the defaults of absent fields. */
export type SeededRole = RoleDeclaration & Required<Pick<RoleDeclaration, 'name' | 'description' | 'inherits'>>;

/** The type of the role with the rights to all URLs. Only init gives it its rights. */
export const superadminType = 'superadmin';

/** The type of the role that manages users. Outside the default tenant it also has the config URLs with `tenantAdmin`. */
export const adminType = 'admin';

/** The type of the role whose rights every session has, in addition to the roles of its user. */
export const guestType = 'guest';

/** The type of the role for users with a verified e-mail address. */
export const userType = 'user';

/** Locks a role for an assignment and returns its roleId. Throws `role-not-found`. */
export type LockRole = (tx: ChangeTransaction, ref: RoleRef) => Promise<string>;

/** Locks the roles of new users for an assignment, and returns their roleIds. */
export type LockDefaultRoles = (tx: ChangeTransaction) => Promise<string[]>;

/** The result of seeding one role. */
export interface SeedResult {
  readonly created: boolean;
  readonly changed: boolean;
  /** The number of rights that a new role got, or that were added to or removed from an existing one. */
  readonly rights: number;
}

/** Updates one built-in role of a transaction's tenant to its declaration. */
export type SeedRole = (tx: ChangeTransaction, declaration: SeededRole) => Promise<SeedResult>;

/** A kind of things that have roles: users, groups, memberships or clients. */
export interface RoleHolder {
  /** Removes the assignments of a role that have ended. They must not be counted, nor moved to another role. */
  forgetEnded?(tx: ChangeTransaction, roleId: string): Promise<void>;
  /** The number of holders of a role. */
  count(tx: ChangeTransaction, roleId: string): Promise<number>;
  /**
   * Replaces a role of all its holders by another one. It runs in the transaction that deletes the role and raises the policy
   * version.
   *
   * Throws `target-outranks-caller` if a holder has a grant that the caller does not have. Throws `grants-exceed-own` if the caller
   * may not assign the other role.
   */
  reassign(tx: ChangeTransaction, caller: Caller, fromRoleId: string, toRoleId: string): Promise<void>;
}
