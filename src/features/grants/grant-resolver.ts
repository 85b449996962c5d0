import type { ClientSession } from 'mongoose';
import { assembleGiven } from '../../engine/grants/collect-grants.ts';
import type { GivingMembership, GivingRole } from '../../engine/grants/collect-grants.ts';
import type { Given } from '../../engine/grants/grant.ts';
import { nextRoleChange, rolesAt } from '../../engine/grants/role-times.ts';
import type { Group } from '../groups/group.model.ts';
import type { Membership } from '../memberships/membership.model.ts';
import type { ReadRoles } from '../roles/role.store.ts';
import type { Role } from '../roles/role.model.ts';
import type { User } from '../users/user.model.ts';

/** What somebody holds at a moment. */
export interface Held {
  /** Those that exist and count: the assigned ones in their order, then those of groups. */
  readonly roles: { readonly roleId: string; readonly type: string; readonly name: string }[];
  /** Types of these, of what everybody holds, and of all that they inherit, sorted; none of memberships. */
  readonly roleTypes: readonly string[];
  /** The resources of all memberships, each once, sorted. */
  readonly memberships: readonly string[];
  readonly given: readonly Given[];
  /** When that will be otherwise, because an assignment starts or ends. */
  readonly changesAt: Date | null;
}

/** As much of a user as decides what they hold. */
export type Holder = Pick<User, '_id' | 'tenantId' | 'roles' | 'roleTimes' | 'groups'>;

/** What one of many holds. */
export type HeldBy<H extends Holder> = Held & { readonly holder: H };

/** What is assigned, by id. */
export interface Assigned {
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly memberships?: readonly GivingMembership[];
}

/** Inside a transaction, which `session` names, what it did counts already. */
export interface HeldReader {
  readHeld(holder: Holder, session?: ClientSession): Promise<Held>;
  /** The same for many users of one tenant, in their order: as many queries as for one. */
  readHeldOfAll<H extends Holder>(tenantId: string, holders: readonly H[], session?: ClientSession): Promise<HeldBy<H>[]>;
  /** What follows from all this, without what everybody holds. */
  readGiven(tenantId: string, assigned: Assigned, session?: ClientSession): Promise<Given[]>;
  /** What everybody holds. */
  readGivenToAll(tenantId: string, session?: ClientSession): Promise<Given[]>;
}

export type ReadHeld = HeldReader['readHeld'];

export interface GivenDeps {
  readonly readRoles: ReadRoles;
  readonly readGroups: (tenantId: string, groupIds: readonly string[], session?: ClientSession) => Promise<Group[]>;
  readonly readMemberships: (tenantId: string, userIds: readonly string[], session?: ClientSession) => Promise<Membership[]>;
  readonly clock: () => number;
  /** Held by everybody. */
  readonly baseRole: string;
  /** Whether it is the superadmin, and whether it may hold config URLs. */
  readonly isSuperadmin: (role: Role) => boolean;
  readonly isTenantAdmin: (role: Role) => boolean;
}

/** Makes what gathers the things that users hold. */
export function createHeldReader({ readRoles, readGroups, readMemberships, clock, baseRole, isSuperadmin, isTenantAdmin }: GivenDeps): HeldReader {
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
    const roleIdsOf = (assigned: Required<Assigned>) => [...new Set([...assigned.roles, ...groupsOf(assigned).flatMap(({ roles: given }) => given)])];
    return {
      rolesOf: (assigned: Required<Assigned>) => roleIdsOf(assigned).flatMap((roleId) => roles.get(roleId) ?? []),
      roleTypesOf: (assigned: Required<Assigned>) => typesWithParents(roleIdsOf(assigned), roles),
      givenOf: (assigned: Required<Assigned>) => assembleGiven(
        { ...assigned, groups: groupsOf(assigned).map(({ _id, roles: given, policies }) => ({ groupId: _id, roles: given, policies })) },
        (roleId) => givingOf(roles.get(roleId)),
      ),
    };
  }

  async function readHeldOfAll<H extends Holder>(tenantId: string, holders: readonly H[], session?: ClientSession): Promise<HeldBy<H>[]> {
    const now = clock();
    const memberships = new Map<string, GivingMembership[]>(holders.map(({ _id }) => [_id, []]));
    for (const { _id, userId, resource, roleId } of await readMemberships(tenantId, [...memberships.keys()], session)) memberships.get(userId)?.push({ membershipId: _id, resource, roleId });
    const all = holders.map((holder) => ({ holder, roles: [...rolesAt(holder, now), baseRole], groups: holder.groups ?? [], memberships: memberships.get(holder._id) ?? [] }));
    const { rolesOf, roleTypesOf, givenOf } = await load(tenantId, all, session);
    // Many users are given the same, which is then put together once.
    const known = new Map<string, Given[]>();
    return all.map((assigned) => {
      const key = JSON.stringify([assigned.roles, assigned.groups, assigned.memberships]);
      const given = known.get(key) ?? givenOf(assigned);
      known.set(key, given);
      return {
        holder: assigned.holder,
        roles: rolesOf({ ...assigned, roles: assigned.roles.slice(0, -1) }).map(({ roleId, type, name }) => ({ roleId, type, name })),
        roleTypes: roleTypesOf(assigned), memberships: [...new Set(assigned.memberships.map(({ resource }) => resource))].sort(),
        given, changesAt: nextRoleChange(assigned.holder, now),
      };
    });
  }

  async function readGiven(tenantId: string, { roles = [], groups = [], memberships = [] }: Assigned, session?: ClientSession): Promise<Given[]> {
    const assigned = { roles, groups, memberships };
    return (await load(tenantId, [assigned], session)).givenOf(assigned);
  }

  return {
    readHeldOfAll, readGiven,
    readGivenToAll: (tenantId, session) => readGiven(tenantId, { roles: [baseRole] }, session),
    async readHeld(holder, session) {
      const [held] = await readHeldOfAll(holder.tenantId, [holder], session);
      if (!held) throw new Error('One holder gave no answer.');
      return held;
    },
  };
}

function typesWithParents(roleIds: readonly string[], known: ReadonlyMap<string, Role>): string[] {
  const reached = new Set(roleIds);
  for (const roleId of reached) for (const parent of known.get(roleId)?.inherits ?? []) reached.add(parent);
  return [...reached].flatMap((roleId) => known.get(roleId)?.type ?? []).sort();
}
