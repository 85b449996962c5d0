import type { FieldError } from '../../errors/errors.ts';
import type { Permission } from '../../engine/policies/policy.ts';

/** A permission that roles may have, as declared in config/permissions.ts. */
export interface PermissionDeclaration {
  /** `action:resource`, such as `read:items`. */
  readonly permission: Permission;
  readonly description: string;
}

export interface KnownPermissions {
  /** All of them, in the order of their declaration. */
  list(): readonly PermissionDeclaration[];
  /** A fault for each permission that is not declared. */
  faultsOf(permissions: readonly Permission[], field: string): FieldError[];
}

/** Finds the roles, or the groups, whose stored policies have a condition on an attribute whose path matches. */
export interface PolicySearch {
  /** Searches all tenants of the shared database with one query, and answers `most` at most. */
  inSharedDatabase(path: RegExp, most: number): Promise<{ readonly tenantId: string; readonly id: string }[]>;
  /** Searches one tenant, and answers `most` ids at most. */
  ofTenant(tenantId: string, path: RegExp, most: number): Promise<string[]>;
}
