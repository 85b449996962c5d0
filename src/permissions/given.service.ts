import type { ClientSession } from 'mongoose';
import { assembleGiven } from '../access/assemble.ts';
import type { GivingRole } from '../access/assemble.ts';
import type { Given } from '../access/given.ts';
import { nextRoleChange, rolesAt } from '../access/role-times.ts';
import type { ReadRoles } from '../roles/role.chain.ts';
import type { Role } from '../roles/role.model.ts';
import type { User } from '../users/user.model.ts';

/** What somebody holds at a moment. */
export interface Held {
  /** The assigned roles that exist and count, in their order. */
  readonly roles: { readonly roleId: string; readonly type: string; readonly name: string }[];
  /** Types of all roles that count everywhere, with those they inherit, sorted. */
  readonly roleTypes: readonly string[];
  readonly given: Given[];
  /** When that will be otherwise, because an assignment starts or ends. */
  readonly changesAt: Date | null;
}

/** As much of a user as decides what they hold. */
export type Holder = Pick<User, 'tenantId' | 'roles' | 'roleTimes'>;

/** Inside a transaction what it did counts already. */
export type ReadHeld = (holder: Holder, session?: ClientSession) => Promise<Held>;

export interface GivenDeps {
  readonly readRoles: ReadRoles;
  readonly clock: () => number;
  /** Held by everybody. */
  readonly baseRole: string;
  readonly superadminRole: string;
}

/** Makes the function that gathers what a user holds; the base role always belongs to it. */
export function createReadHeld({ readRoles, clock, baseRole, superadminRole }: GivenDeps): ReadHeld {
  return async (holder, session) => {
    const now = clock();
    const assigned = rolesAt(holder, now);
    const roles = [...assigned, baseRole];
    const known = await readRoles(holder.tenantId, roles, session);
    return {
      roles: assigned.flatMap((roleId) => known.get(roleId) ?? []).map(({ roleId, type, name }) => ({ roleId, type, name })),
      roleTypes: typesOf(roles, known),
      given: assembleGiven({ roles, groups: [], memberships: [] }, (roleId) => givingOf(known.get(roleId), superadminRole)),
      changesAt: nextRoleChange(holder, now),
    };
  };
}

function typesOf(roleIds: readonly string[], known: ReadonlyMap<string, Role>): string[] {
  const reached = new Set(roleIds);
  for (const roleId of reached) for (const parent of known.get(roleId)?.inherits ?? []) reached.add(parent);
  return [...reached].flatMap((roleId) => known.get(roleId)?.type ?? []).sort();
}

function givingOf(role: Role | undefined, superadminRole: string): GivingRole | undefined {
  return role && { ...role, isSuperadmin: role.type === superadminRole && role.isSystemRole };
}
