import { defaultTenantId } from '../../platform/database/tenancy/tenant-scope.ts';
import { adminType, guestType, superadminType, userType } from './role.types.ts';
import type { RoleDeclaration, SeededRole } from './role.types.ts';

/** The types of the built-in roles, which are also their roleIds. */
export const ladder = { guest: guestType, user: userType, admin: adminType, superadmin: superadminType };

/** The fields of a role that decide its place in the ladder. */
interface Standing {
  readonly tenantId: string;
  readonly type: string;
  readonly isSystemRole: boolean;
}

/** Whether a role is the superadmin. Only the default tenant has one. */
export function isSuperadmin({ tenantId, type, isSystemRole }: Standing): boolean {
  return tenantId === defaultTenantId && isSystemRole && type === superadminType;
}

/** Whether a role is the admin of a tenant that is not the default tenant. */
export function isTenantAdmin({ tenantId, type, isSystemRole }: Standing): boolean {
  return tenantId !== defaultTenantId && isSystemRole && type === adminType;
}

/** Adds the host's roles to the ladder. A role of a type that the ladder has adds its rights to that role. */
export function mergeRoles(builtIn: readonly RoleDeclaration[], added: readonly RoleDeclaration[]): SeededRole[] {
  const roles = new Map(builtIn.map((role) => [role.type, role]));
  for (const role of added) {
    const same = roles.get(role.type);
    roles.set(role.type, same ? { ...same, rights: [...same.rights, ...role.rights], permissions: joined(
      same.permissions, role.permissions,
    ), policies: joined(same.policies, role.policies) } : role);
  }
  return [...roles.values()].map(
    (role) => ({ ...role, name: role.name ?? role.type, description: role.description ?? '', inherits: role.inherits ?? [] }),
  );
}

function joined<T>(first: readonly T[] = [], second: readonly T[] = []): T[] {
  return [...first, ...second];
}
