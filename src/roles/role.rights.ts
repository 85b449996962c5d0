import type { ClientSession, Model } from 'mongoose';
import { uniteRights } from '../access/right.ts';
import type { Right } from '../access/right.ts';
import { chainOfRoles } from '../access/role-chain.ts';
import { guestType, superadminType } from './role.ladder.ts';
import type { Role } from './role.model.ts';

/** What a combination of roles gives. */
export interface RoleRights {
  /** The assigned roles that exist, in their order. */
  readonly roles: { readonly roleId: string; readonly type: string; readonly name: string }[];
  readonly rights: Right[];
  readonly isSuperadmin: boolean;
}

export type ReadRoleRights = (tenantId: string, roleIds: readonly string[], session?: ClientSession) => Promise<RoleRights>;

/**
 * Makes the function that unites the rights of roles and all that they inherit; those of guest always belong to them.
 *
 * Reads level by level, so a chain of n levels costs n queries and no more roles than it holds.
 */
export function createRoleRights(model: Model<Role>): ReadRoleRights {
  return async (tenantId, roleIds, session) => {
    const known = new Map<string, Role>();
    for (let missing = [...new Set([...roleIds, guestType])]; missing.length > 0;) {
      const found = await model.find({ tenantId, roleId: { $in: missing } }, null, { session: session ?? null }).lean();
      for (const role of found) known.set(role.roleId, role);
      missing = [...new Set(found.flatMap((role) => role.inherits))].filter((roleId) => !known.has(roleId));
    }
    const assigned = roleIds.flatMap((roleId) => known.get(roleId) ?? []);
    const chain = chainOfRoles([...roleIds, guestType], (roleId) => known.get(roleId));
    const isSuperadmin = assigned.some((role) => role.type === superadminType && role.isSystemRole);
    return {
      roles: assigned.map(({ roleId, type, name }) => ({ roleId, type, name })),
      rights: isSuperadmin ? [] : uniteRights(chain.flatMap((role) => role.rights)),
      isSuperadmin,
    };
  };
}
