import type { FieldError } from '../../errors/errors.ts';
import type { Permission } from '../../engine/policies/policy.ts';

/** A permission that roles may be given, as declared in config/permissions.ts. */
export interface PermissionDeclaration {
  /** `action:resource`, such as `read:items`. */
  readonly permission: Permission;
  readonly description: string;
}

export interface KnownPermissions {
  /** All of them, in the order in which they were declared. */
  list(): readonly PermissionDeclaration[];
  /** A fault for each that is not declared. */
  faultsOf(permissions: readonly Permission[], field: string): FieldError[];
}

/** Finds the roles, or the groups, whose stored policies have a condition on an attribute with such a path. */
export interface PolicySearch {
  /** In one query among all tenants that share a database, `most` at most. */
  inSharedDatabase(path: RegExp, most: number): Promise<{ readonly tenantId: string; readonly id: string }[]>;
  /** Those of one tenant, `most` at most. */
  ofTenant(tenantId: string, path: RegExp, most: number): Promise<string[]>;
}
