import type { ClientSession } from 'mongoose';
import { collectGrants } from '../../engine/grants/collect-grants.ts';
import type { GivingMembership, GivingRole } from '../../engine/grants/collect-grants.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import { nextRoleChange, rolesAt } from '../../engine/grants/role-times.ts';
import type { Group } from '../groups/group.model.ts';
import type { Membership } from '../memberships/membership.model.ts';
import type { RoleStore } from '../roles/role.store.ts';
import type { Role } from '../roles/role.model.ts';
import type { User } from '../users/user.model.ts';

/** A principal's effective grants at a moment. */
export interface EffectiveGrants {
  /** Those that exist and count: the assigned ones in their order, then those of groups. */
  readonly roles: { readonly roleId: string; readonly type: string; readonly name: string }[];
  /** Types of these, of what everybody holds, and of all that they inherit, sorted; none of memberships. */
  readonly roleTypes: readonly string[];
  /** The resources of all memberships, each once, sorted. */
  readonly memberships: readonly string[];
  readonly granted: readonly Grant[];
  /** When that will be otherwise, because an assignment starts or ends. */
  readonly changesAt: Date | null;
}

/** A user or a client: as much of either as decides what they are granted. */
export type Principal = Pick<User, '_id' | 'tenantId' | 'roles' | 'roleTimes' | 'groups'>;

/** The effective grants of one of many principals. */
export type EffectiveGrantsOf<H extends Principal> = EffectiveGrants & { readonly principal: H };

/** What is assigned, by id. */
export interface Assigned {
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly memberships?: readonly GivingMembership[];
}

/** Inside a transaction, which `session` names, what it did counts already. */
export interface GrantResolver {
  resolveGrants(principal: Principal, session?: ClientSession): Promise<EffectiveGrants>;
  /** The same for many users of one tenant, in their order: as many queries as for one. */
  resolveGrantsOfAll<H extends Principal>(
    tenantId: string, principals: readonly H[], session?: ClientSession,
  ): Promise<EffectiveGrantsOf<H>[]>;
  /** What follows from all this, without what everybody holds. */
  resolveAssigned(tenantId: string, assigned: Assigned, session?: ClientSession): Promise<Grant[]>;
  /** What everybody holds. */
  baselineGrants(tenantId: string, session?: ClientSession): Promise<Grant[]>;
}

export type ResolveGrants = GrantResolver['resolveGrants'];

export interface GrantResolverDeps {
  readonly readRoles: RoleStore['readWithParents'];
  readonly readGroups: (tenantId: string, groupIds: readonly string[], session?: ClientSession) => Promise<Group[]>;
  readonly readMemberships: (tenantId: string, userIds: readonly string[], session?: ClientSession) => Promise<Membership[]>;
  readonly clock: () => number;
  /** Held by everybody. */
  readonly baseRole: string;
  /** Whether it is the superadmin, and whether it may hold config URLs. */
  readonly isSuperadmin: (role: Role) => boolean;
  readonly isTenantAdmin: (role: Role) => boolean;
}

/** Creates the resolver of what principals are granted. */
export function createGrantResolver({ readRoles, readGroups, readMemberships, clock, baseRole, isSuperadmin, isTenantAdmin }: GrantResolverDeps): GrantResolver {
  /** Whatever came to be stored: config URLs count where they may be held, and nowhere else. */
  function givingOf(role: Role | undefined): GivingRole | undefined {
    if (!role) return undefined;
    const rights = isTenantAdmin(role) ? role.rights : role.rights.filter(({ access }) => access !== 'config');
    return { ...role, rights, isSuperadmin: isSuperadmin(role) };
  }

  /** Reads every group and role that any of these names, and answers what puts each together. */
  async function load(tenantId: string, all: readonly Required<Assigned>[], session?: ClientSession) {
    const groupIds = new Set(all.flatMap(({ groups }) => groups));
    const groups = new Map((groupIds.size > 0 ? await readGroups(tenantId, [...groupIds], session) : []).map((group) => [group._id, group]));
    const ofGroups = [...groups.values()].flatMap(({ roles }) => roles);
    const roleIds = all.flatMap(({ roles, memberships }) => [...roles, ...memberships.map(({ roleId }) => roleId)]);
    const roles = await readRoles(tenantId, [...new Set([...roleIds, ...ofGroups])], session);
    const groupsOf = ({ groups: ids }: Required<Assigned>) => ids.flatMap((groupId) => groups.get(groupId) ?? []);
    const roleIdsOf = (assigned: Required<Assigned>) => [...new Set([...assigned.roles, ...groupsOf(assigned).flatMap(({ roles: groupRoles }) => groupRoles)])];
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
    const memberships = new Map<string, GivingMembership[]>(principals.map(({ _id }) => [_id, []]));
    for (const { _id, userId, resource, roleId } of await readMemberships(tenantId, [...memberships.keys()], session)) memberships.get(userId)?.push({ membershipId: _id, resource, roleId });
    const all = principals.map((principal) => ({ principal, roles: [...rolesAt(principal, now), baseRole], groups: principal.groups ?? [], memberships: memberships.get(principal._id) ?? [] }));
    const { rolesOf, roleTypesOf, grantsOf } = await load(tenantId, all, session);
    // Many users are given the same, which is then put together once.
    const known = new Map<string, Grant[]>();
    return all.map((assigned) => {
      const key = JSON.stringify([assigned.roles, assigned.groups, assigned.memberships]);
      const granted = known.get(key) ?? grantsOf(assigned);
      known.set(key, granted);
      return {
        principal: assigned.principal,
        roles: rolesOf({ ...assigned, roles: assigned.roles.slice(0, -1) }).map(({ roleId, type, name }) => ({ roleId, type, name })),
        roleTypes: roleTypesOf(assigned), memberships: [...new Set(assigned.memberships.map(({ resource }) => resource))].sort(),
        granted, changesAt: nextRoleChange(assigned.principal, now),
      };
    });
  }

  async function resolveAssigned(tenantId: string, { roles = [], groups = [], memberships = [] }: Assigned, session?: ClientSession): Promise<Grant[]> {
    const assigned = { roles, groups, memberships };
    return (await load(tenantId, [assigned], session)).grantsOf(assigned);
  }

  return {
    resolveGrantsOfAll, resolveAssigned,
    baselineGrants: (tenantId, session) => resolveAssigned(tenantId, { roles: [baseRole] }, session),
    async resolveGrants(principal, session) {
      const [effective] = await resolveGrantsOfAll(principal.tenantId, [principal], session);
      if (!effective) throw new Error('One principal gave no answer.');
      return effective;
    },
  };
}

function typesWithParents(roleIds: readonly string[], known: ReadonlyMap<string, Role>): string[] {
  const reached = new Set(roleIds);
  for (const roleId of reached) for (const parent of known.get(roleId)?.inherits ?? []) reached.add(parent);
  return [...reached].flatMap((roleId) => known.get(roleId)?.type ?? []).sort();
}
