import type { ClientSession, Model } from 'mongoose';
import type { Role } from './role.model.ts';

/** Roles and all that they inherit, by roleId; unknown ids are left out. */
export type ReadRoles = (tenantId: string, roleIds: readonly string[], session?: ClientSession) => Promise<Map<string, Role>>;

/** Makes the function that reads roles with their parents, level by level: a chain of n levels costs n queries and no more roles than it holds. */
export function createReadRoles(model: Model<Role>): ReadRoles {
  return async (tenantId, roleIds, session) => {
    const known = new Map<string, Role>();
    for (let missing = [...new Set(roleIds)]; missing.length > 0;) {
      const found = await model.find({ tenantId, roleId: { $in: missing } }, null, { session: session ?? null }).lean();
      for (const role of found) known.set(role.roleId, role);
      missing = [...new Set(found.flatMap((role) => role.inherits))].filter((roleId) => !known.has(roleId));
    }
    return known;
  };
}
