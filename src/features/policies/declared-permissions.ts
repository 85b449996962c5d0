import type { FieldError } from '../../errors/errors.ts';
import { superadminPermission } from '../../engine/grants/token-grants.ts';
import { policyOfPermission } from '../../engine/policies/policy.ts';
import type { Permission } from '../../engine/policies/policy.ts';
import { parseResourcePattern } from '../../engine/policies/resource-pattern.ts';
import { startError } from '../../errors/errors.ts';
import type { KnownPermissions, PermissionDeclaration } from './policies.types.ts';

/**
 * A fault for each permission that is not `action:resource`, that is declared twice, or that only the superadmin may have.
 * `field` is the index in brackets.
 */
export function findPermissionFaults(declarations: readonly PermissionDeclaration[]): FieldError[] {
  const known = new Set<Permission>();
  return declarations.flatMap(({ permission }, index) => {
    const message = faultOf(permission, known);
    known.add(permission);
    return message === undefined ? [] : [{ field: `[${index}]`, message }];
  });
}

function faultOf(permission: Permission, known: ReadonlySet<Permission>): string | undefined {
  const [resource = ''] = policyOfPermission(permission)?.resources ?? [];
  const named = `The permission "${permission}"`;
  if (!parseResourcePattern(resource) || resource.startsWith('/')) return `${named} is not action:resource, such as read:items.`;
  if (permission === superadminPermission) return `${named} belongs to the superadmin alone and must not be declared.`;
  return known.has(permission) ? `${named} is declared twice.` : undefined;
}

/** Creates the list of declared permissions. Throws a StartError that names each fault of {@link findPermissionFaults}. */
export function createKnownPermissions(declarations: readonly PermissionDeclaration[]): KnownPermissions {
  const faults = findPermissionFaults(declarations);
  if (faults.length > 0) throw startError(faults.map(({ message }) => message).join('\n'));
  const known = new Set(declarations.map(({ permission }) => permission));
  return {
    list: () => declarations,
    faultsOf: (permissions, field) => permissions.flatMap(
      (permission, index) => (known.has(permission) ? [] : [{ field: `${field}[${index}]`, message: `${permission} is not declared` }]),
    ),
  };
}
