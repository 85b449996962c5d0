import { collectGrants } from '../../engine/grants/collect-grants.ts';
import type { GivingMembership } from '../../engine/grants/collect-grants.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import { nextRoleChange } from '../../engine/grants/role-times.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { addMemberships, assignedTo, createProvidedOf } from './assigned.ts';
import { createGivingOf } from './grant-sources.ts';
import type { GivingOfDeps, GrantingGroup, GrantingRole } from './grant-sources.ts';
import type {
  Assigned, EffectiveGrants, EffectiveGrantsOf, GrantingMembership, GrantResolver, Principal, ReadProvided,
} from './grants.types.ts';

export interface GrantResolverDeps extends GivingOfDeps {
  /** Roles and the roles that they inherit, by roleId. */
  readonly readRoles: (tenantId: string, roleIds: readonly string[], session?: ClientSession) => Promise<ReadonlyMap<string, GrantingRole>>;
  readonly readGroups: (tenantId: string, groupIds: readonly string[], session?: ClientSession) => Promise<readonly GrantingGroup[]>;
  /** All memberships of these users, in the order of their ids. */
  readonly readMemberships: (
    tenantId: string, userIds: readonly string[], session?: ClientSession,
  ) => Promise<readonly GrantingMembership[]>;
  readonly readProvided: ReadProvided;
  /** ms since 1970 */
  readonly clock: () => number;
  /** The roleId of the role that everybody holds. */
  readonly baseRole: string;
}

/** Creates the resolver of grants. */
export function createGrantResolver(
  { readRoles, readGroups, readMemberships, readProvided, clock, baseRole, ...ladder }: GrantResolverDeps,
): GrantResolver {
  const givingOf = createGivingOf(ladder);
  const providedOf = createProvidedOf(readProvided);

  /** Reads all groups and roles of these assignments at once, and returns functions that resolve each assignment. */
  async function load(tenantId: string, all: readonly Required<Assigned>[], session?: ClientSession) {
    const groupIds = new Set(all.flatMap(({ groups }) => groups));
    const groups = new Map((groupIds.size > 0 ? await readGroups(
      tenantId, [...groupIds], session,
    ) : []).map((group) => [group._id, group]));
    const ofGroups = [...groups.values()].flatMap(({ roles }) => roles);
    const roleIds = all.flatMap(({ roles, memberships, provided }) => [
      ...roles, ...[...memberships, ...provided].map(({ roleId }) => roleId),
    ]);
    const roles = await readRoles(tenantId, [...new Set([...roleIds, ...ofGroups])], session);
    const groupsOf = ({ groups: ids }: Required<Assigned>) => ids.flatMap((groupId) => groups.get(groupId) ?? []);
    const roleIdsOf = (assigned: Required<Assigned>) => [
      ...new Set([
        ...assigned.roles, ...groupsOf(assigned).flatMap(({ roles: groupRoles }) => groupRoles),
        ...assigned.provided.map(({ roleId }) => roleId),
      ]),
    ];
    return {
      rolesOf: (assigned: Required<Assigned>) => roleIdsOf(assigned).flatMap((roleId) => roles.get(roleId) ?? []),
      roleTypesOf: (assigned: Required<Assigned>) => typesWithParents(roleIdsOf(assigned), roles),
      grantsOf: (assigned: Required<Assigned>) => collectGrants(
        { ...assigned, groups: groupsOf(assigned).map(
          ({ _id, roles: groupRoles, policies }) => ({ groupId: _id, roles: groupRoles, policies }),
        ) },
        (roleId) => givingOf(roles.get(roleId)),
      ),
    };
  }

  async function resolveGrantsOfAll<H extends Principal>(
    tenantId: string, principals: readonly H[], session?: ClientSession,
  ): Promise<EffectiveGrantsOf<H>[]> {
    const now = clock();
    const memberships = new Map<string, GivingMembership[]>();
    addMemberships(memberships, await readMemberships(tenantId, [...new Set(principals.map(({ _id }) => _id))], session));
    const provided = await providedOf(tenantId, principals, session);
    const all = principals.map((principal) => ({ principal, ...assignedTo(principal, now, baseRole, memberships, provided) }));
    const { rolesOf, roleTypesOf, grantsOf } = await load(tenantId, all, session);
    const resolve = (assigned: Required<Assigned>): Omit<EffectiveGrants, 'changesAt'> => ({
      roles: rolesOf({ ...assigned, roles: assigned.roles.slice(0, -1) }).map(({ roleId, type, name }) => ({ roleId, type, name })),
      roleTypes: roleTypesOf(assigned), memberships: [...new Set(assigned.memberships.map(({ resource }) => resource))].sort(),
      granted: grantsOf(assigned),
    });
    // Many users have equal assignments, which are resolved once.
    const known = new Map<string, ReturnType<typeof resolve>>();
    return all.map(({ principal, ...assigned }) => {
      const key = JSON.stringify([assigned.roles, assigned.groups, assigned.memberships, assigned.provided]);
      const resolved = known.get(key) ?? resolve(assigned);
      known.set(key, resolved);
      return { principal, ...resolved, changesAt: nextRoleChange(principal, now) };
    });
  }

  async function resolveEachAssigned(tenantId: string, each: readonly Assigned[], session?: ClientSession): Promise<Grant[][]> {
    const all = each.map(({ roles = [], groups = [], memberships = [], provided = [] }) => ({ roles, groups, memberships, provided }));
    const { grantsOf } = await load(tenantId, all, session);
    return all.map(grantsOf);
  }

  const resolveAssigned = async (tenantId: string, assigned: Assigned, session?: ClientSession): Promise<Grant[]> => (
    (await resolveEachAssigned(tenantId, [assigned], session)).flat());

  return {
    resolveGrantsOfAll, resolveAssigned, resolveEachAssigned,
    baselineGrants: (tenantId, session) => resolveAssigned(tenantId, { roles: [baseRole] }, session),
    async resolveGrants(principal, session) {
      const [effective] = await resolveGrantsOfAll(principal.tenantId, [principal], session);
      if (!effective) throw new Error('One principal gave no answer.');
      return effective;
    },
  };
}

function typesWithParents(roleIds: readonly string[], known: ReadonlyMap<string, GrantingRole>): string[] {
  const reached = new Set(roleIds);
  for (const roleId of reached) for (const parent of known.get(roleId)?.inherits ?? []) reached.add(parent);
  return [...reached].flatMap((roleId) => known.get(roleId)?.type ?? []).sort();
}
