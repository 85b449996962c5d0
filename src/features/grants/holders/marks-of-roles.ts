import type { ClientSession } from '../../../platform/database/session.ts';
import type { HolderMarks } from '../grants.types.ts';

/**
 * Finds how to recognize the holders of roles: users and clients who have one of the roles now or later, from an own assignment, a
 * group, a membership or an identity provider, and the holders of all roles that inherit one of them.
 *
 * null: everybody holds one of the roles.
 */
export type MarksOfRoles = (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<HolderMarks | null>;

type IdsOfRoles = (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<string[]>;

export interface MarksOfRolesDeps {
  /** The roleIds of the roles that directly inherit one of these roles. */
  readonly readHeirs: IdsOfRoles;
  /** The groups that have one of these roles. */
  readonly readGroupsOfRoles: IdsOfRoles;
  /** The users who have one of these roles on a resource. */
  readonly readMembersOfRoles: IdsOfRoles;
  /** Whether an active identity provider may give one of these roles. */
  readonly areProvided: (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<boolean>;
  /** The roleId of the role that everybody holds. */
  readonly baseRole: string;
}

/** Creates the search for the marks of roles. */
export function createMarksOfRoles(
  { readHeirs, readGroupsOfRoles, readMembersOfRoles, areProvided, baseRole }: MarksOfRolesDeps,
): MarksOfRoles {
  /** The roles and all roles that inherit them, directly or through others. */
  async function withHeirs(tenantId: string, roleIds: readonly string[], session: ClientSession): Promise<string[]> {
    const known = new Set(roleIds);
    for (let last = [...known]; last.length > 0;) {
      last = (await readHeirs(tenantId, last, session)).filter((heir) => !known.has(heir));
      for (const heir of last) known.add(heir);
    }
    return [...known];
  }

  return async (tenantId, given, session) => {
    const roleIds = await withHeirs(tenantId, given, session);
    if (roleIds.includes(baseRole)) return null;
    const groupIds = await readGroupsOfRoles(tenantId, roleIds, session);
    const userIds = await readMembersOfRoles(tenantId, roleIds, session);
    const throughProviders = await areProvided(tenantId, roleIds, session);
    return { roleIds, groupIds: [...new Set(groupIds)], userIds: [...new Set(userIds)], ...(throughProviders && { throughProviders }) };
  };
}
