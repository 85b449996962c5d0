import type { GivingMembership, GivingProvided } from '../../engine/grants/collect-grants.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { Assigned, GrantingMembership, Principal, ReadProvided } from './grants.types.ts';

/** Adds memberships to those of their users, by userId. */
export function addMemberships(all: Map<string, GivingMembership[]>, found: readonly GrantingMembership[]): void {
  for (const { _id, userId, resource, roleId } of found) {
    const known = all.get(userId) ?? [];
    all.set(userId, known);
    known.push({ membershipId: _id, resource, roleId });
  }
}

/** What is assigned to a principal at a moment (ms since 1970): the role that everybody holds is the last of its roles. */
export function assignedTo(
  principal: Principal, now: number, baseRole: string, memberships: ReadonlyMap<string, readonly GivingMembership[]>,
  provided: ReadonlyMap<string, readonly GivingProvided[]>,
): Required<Assigned> {
  return {
    roles: [...rolesAt(principal, now), baseRole], groups: principal.groups ?? [], memberships: memberships.get(principal._id) ?? [],
    provided: provided.get(principal._id) ?? [],
  };
}

/** Creates the function that reads what providers give those of these principals who have identities. Without any, it reads nothing. */
export function createProvidedOf(readProvided: ReadProvided) {
  return async (tenantId: string, principals: readonly Principal[], session?: ClientSession): ReturnType<ReadProvided> => {
    const linked = principals.filter(({ hasIdentities }) => hasIdentities === true).map(({ _id }) => _id);
    return linked.length === 0 ? new Map() : readProvided(tenantId, linked, session);
  };
}
