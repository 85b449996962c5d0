import { defaultTenantId } from '../../platform/database/tenancy/tenant-scope.ts';
import { adminType, superadminType } from './role.types.ts';
import type { RoleDeclaration, SeededRole } from './role.types.ts';

/** As much of a role as tells where it stands in the ladder. */
interface Standing {
  readonly tenantId: string;
  readonly type: string;
  readonly isSystemRole: boolean;
}

/** Whether a role is the superadmin, which only the platform's own tenant has. */
export function isSuperadmin({ tenantId, type, isSystemRole }: Standing): boolean {
  return tenantId === defaultTenantId && isSystemRole && type === superadminType;
}

/** Whether a role is the admin of an organization, and not that of the platform's own tenant. */
export function isTenantAdmin({ tenantId, type, isSystemRole }: Standing): boolean {
  return tenantId !== defaultTenantId && isSystemRole && type === adminType;
}

/** Adds a host's roles to the ladder; one of the same type adds its rights to the one that is there. */
export function mergeRoles(ladder: readonly RoleDeclaration[], added: readonly RoleDeclaration[]): SeededRole[] {
  const roles = new Map(ladder.map((role) => [role.type, role]));
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
