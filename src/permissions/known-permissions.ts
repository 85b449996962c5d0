import type { FieldError } from '../errors.ts';
import { superadminPermission } from '../access/grant-claims.ts';
import { policyOfPermission } from '../access/policy.ts';
import type { Permission } from '../access/policy.ts';
import { parseResourcePattern } from '../access/resource-pattern.ts';
import { startError } from '../errors.ts';

/** A permission that roles may be given, as declared in config/permissions.ts. */
export interface PermissionDeclaration {
  /** `action:resource`, such as `read:items`. */
  readonly permission: Permission;
  readonly description: string;
}

export interface KnownPermissions {
  /** All of them, in the order in which they were declared. */
  list(): readonly PermissionDeclaration[];
  /** Names each that is not declared. */
  faultsOf(permissions: readonly Permission[], field: string): FieldError[];
}

/** Joins the declarations. Throws a StartError for one that is not `action:resource`, is declared twice, or would make superadmins of others. */
export function createKnownPermissions(declarations: readonly PermissionDeclaration[]): KnownPermissions {
  const known = new Set<Permission>();
  for (const { permission } of declarations) {
    const [resource = ''] = policyOfPermission(permission)?.resources ?? [];
    if (!parseResourcePattern(resource) || resource.startsWith('/')) throw startError(`The permission "${permission}" is not action:resource, such as read:items.`);
    if (permission === superadminPermission) throw startError(`The permission "${permission}" is the superadmin's: it is not declared, and no other role is given it.`);
    if (known.has(permission)) throw startError(`The permission "${permission}" is declared twice.`);
    known.add(permission);
  }
  return {
    list: () => declarations,
    faultsOf: (permissions, field) => permissions.flatMap((permission, index) => (known.has(permission) ? [] : [{ field: `${field}[${index}]`, message: `${permission} is not declared` }])),
  };
}
