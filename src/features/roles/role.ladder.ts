import type { Permission, Policy } from '../../engine/policies/policy.ts';
import type { RightInput } from '../../engine/grants/right.ts';
import { defaultTenantId } from '../../platform/database/tenancy/tenant-scope.ts';

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

/** The role whose rights every session holds, whatever roles its user has. */
export const guestType = 'guest';

/** The role of whoever has a verified e-mail address. */
export const userType = 'user';

/** Adds a host's roles to the ladder; one of the same type adds its rights to the one that is there. */
export function mergeRoles(ladder: readonly RoleDeclaration[], added: readonly RoleDeclaration[]): SeededRole[] {
  const roles = new Map(ladder.map((role) => [role.type, role]));
  for (const role of added) {
    const same = roles.get(role.type);
    roles.set(role.type, same ? { ...same, rights: [...same.rights, ...role.rights], permissions: joined(same.permissions, role.permissions), policies: joined(same.policies, role.policies) } : role);
  }
  return [...roles.values()].map((role) => ({ ...role, name: role.name ?? role.type, description: role.description ?? '', inherits: role.inherits ?? [] }));
}

function joined<T>(first: readonly T[] = [], second: readonly T[] = []): T[] {
  return [...first, ...second];
}
