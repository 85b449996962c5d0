import { collectGrants } from '../../engine/grants/collect-grants.ts';
import type { CollectedFrom, GivingRole } from '../../engine/grants/collect-grants.ts';
import type { Policy } from '../../engine/policies/policy.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { GrantSource } from './grants.types.ts';

/** The part of a role that decides which grants it gives. */
export interface GrantingRole extends Omit<GivingRole, 'isSuperadmin'> {
  readonly tenantId: string;
  readonly type: string;
  readonly name: string;
  readonly isSystemRole: boolean;
}

export interface GivingOfDeps {
  /** Whether a role is the superadmin, and whether it may hold config URLs. */
  readonly isSuperadmin: (role: GrantingRole) => boolean;
  readonly isTenantAdmin: (role: GrantingRole) => boolean;
}

/** Creates the function that says what a stored role gives. It drops stored config URLs of roles that may not hold them. */
export function createGivingOf({ isSuperadmin, isTenantAdmin }: GivingOfDeps): (role: GrantingRole | undefined) => GivingRole | undefined {
  return (role) => {
    if (!role) return undefined;
    const rights = isTenantAdmin(role) ? role.rights : role.rights.filter(({ access }) => access !== 'config');
    return { ...role, rights, isSuperadmin: isSuperadmin(role) };
  };
}

/** The part of a group that decides which grants it gives. */
export interface GrantingGroup {
  readonly _id: string;
  /** roleIds */
  readonly roles: readonly string[];
  readonly policies: readonly Policy[];
}

export interface GrantSourcesDeps extends GivingOfDeps {
  readonly readAllRoles: (tenantId: string, session: ClientSession) => Promise<readonly GrantingRole[]>;
  readonly readAllGroups: (tenantId: string, session: ClientSession) => Promise<readonly GrantingGroup[]>;
}

/** Reads all roles and groups of a tenant, with the grants that each of them gives. */
export type ReadGrantSources = (tenantId: string, session: ClientSession) => Promise<GrantSource[]>;

/** Creates the function that reads all sources of grants. */
export function createReadGrantSources({ readAllRoles, readAllGroups, ...ladder }: GrantSourcesDeps): ReadGrantSources {
  const givingOf = createGivingOf(ladder);
  return async (tenantId, session) => {
    const roles = new Map((await readAllRoles(tenantId, session)).map((role) => [role.roleId, role]));
    const groups = await readAllGroups(tenantId, session);
    const roleOf = (roleId: string) => givingOf(roles.get(roleId));
    const sourceOf = (kind: GrantSource['kind'], id: string, given: Partial<CollectedFrom>): GrantSource => (
      { kind, id, granted: collectGrants({ roles: [], groups: [], memberships: [], ...given }, roleOf) });
    return [
      ...[...roles.keys()].map((id) => sourceOf('role', id, { roles: [id] })),
      ...groups.map(({ _id, ...group }) => sourceOf('group', _id, { groups: [{ groupId: _id, ...group }] })),
    ];
  };
}
