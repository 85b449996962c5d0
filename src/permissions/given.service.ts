import type { ClientSession } from 'mongoose';
import { assembleGiven } from '../access/assemble.ts';
import type { GivingGroup, GivingMembership, GivingRole } from '../access/assemble.ts';
import type { Given } from '../access/given.ts';
import { nextRoleChange, rolesAt } from '../access/role-times.ts';
import type { ReadRoles } from '../roles/role.chain.ts';
import type { Role } from '../roles/role.model.ts';
import type { User } from '../users/user.model.ts';

/** What somebody holds at a moment. */
export interface Held {
  /** The assigned roles that exist and count, in their order. */
  readonly roles: { readonly roleId: string; readonly type: string; readonly name: string }[];
  readonly given: Given[];
  /** When that will be otherwise, because an assignment starts or ends. */
  readonly changesAt: Date | null;
}

/** As much of a user as decides what they hold. */
export type Holder = Pick<User, '_id' | 'tenantId' | 'roles' | 'roleTimes' | 'groups'>;

/** Inside a transaction what it did counts already. */
export type ReadHeld = (holder: Holder, session?: ClientSession) => Promise<Held>;

export interface GivenDeps {
  readonly readRoles: ReadRoles;
  readonly readGroups: (tenantId: string, groupIds: readonly string[], session?: ClientSession) => Promise<GivingGroup[]>;
  readonly readMemberships: (tenantId: string, userId: string, session?: ClientSession) => Promise<GivingMembership[]>;
  readonly clock: () => number;
  /** Held by everybody. */
  readonly baseRole: string;
  readonly superadminRole: string;
}

/** Makes the function that gathers what a user holds; the base role always belongs to it. */
export function createReadHeld({ readRoles, readGroups, readMemberships, clock, baseRole, superadminRole }: GivenDeps): ReadHeld {
  return async (holder, session) => {
    const { tenantId, _id, groups: groupIds = [] } = holder;
    const now = clock();
    const assigned = rolesAt(holder, now);
    // One after the other: a transaction is one conversation.
    const groups = groupIds.length > 0 ? await readGroups(tenantId, groupIds, session) : [];
    const memberships = await readMemberships(tenantId, _id, session);
    const wanted = [...assigned, baseRole, ...groups.flatMap(({ roles }) => roles), ...memberships.map(({ roleId }) => roleId)];
    const known = await readRoles(tenantId, wanted, session);
    return {
      roles: assigned.flatMap((roleId) => known.get(roleId) ?? []).map(({ roleId, type, name }) => ({ roleId, type, name })),
      given: assembleGiven({ roles: [...assigned, baseRole], groups, memberships }, (roleId) => givingOf(known.get(roleId), superadminRole)),
      changesAt: nextRoleChange(holder, now),
    };
  };
}

function givingOf(role: Role | undefined, superadminRole: string): GivingRole | undefined {
  return role && { ...role, isSuperadmin: role.type === superadminRole && role.isSystemRole };
}
