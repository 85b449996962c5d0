import type { GivingMembership } from '../../../engine/grants/collect-grants.ts';
import { rolesAt } from '../../../engine/grants/role-times.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import type { GrantingMembership } from '../grant-resolver.ts';
import type { Assigned, HolderMarks, Principal, ReadAssignments } from '../grants.types.ts';

export interface ReadAssignmentsDeps {
  /** All users with these marks, in the order of their ids; null: all users of the tenant. */
  readonly readEveryUserHolder: (tenantId: string, marks: HolderMarks | null, session: ClientSession) => Promise<Principal[]>;
  /** All memberships of these users, in the order of their ids. */
  readonly readMemberships: (
    tenantId: string, userIds: readonly string[], session: ClientSession,
  ) => Promise<readonly GrantingMembership[]>;
  /** The memberships on one of these resources; with `resources` null, all memberships. */
  readonly readMembershipsOn: (
    tenantId: string, resources: readonly string[] | null, session: ClientSession,
  ) => Promise<readonly GrantingMembership[]>;
  /** ms since 1970 */
  readonly clock: () => number;
  /** The roleId of the role that everybody holds. */
  readonly baseRole: string;
}

/** Of how many users the memberships are read together. */
const batch = 5_000;

/** Creates the function that reads what is assigned to users. */
export function createReadAssignments(
  { readEveryUserHolder, readMemberships, readMembershipsOn, clock, baseRole }: ReadAssignmentsDeps,
): ReadAssignments {
  async function membershipsOf(
    tenantId: string, users: readonly Principal[], isEverybody: boolean, session: ClientSession,
  ): Promise<Map<string, GivingMembership[]>> {
    const all = new Map<string, GivingMembership[]>();
    const add = (found: readonly GrantingMembership[]) => {
      for (const { _id, userId, resource, roleId } of found) {
        const known = all.get(userId) ?? [];
        all.set(userId, known);
        known.push({ membershipId: _id, resource, roleId });
      }
    };
    if (isEverybody) add(await readMembershipsOn(tenantId, null, session));
    else for (let from = 0; from < users.length; from += batch) {
      add(await readMemberships(tenantId, users.slice(from, from + batch).map(({ _id }) => _id), session));
    }
    return all;
  }

  return async (tenantId, marks, session) => {
    const now = clock();
    const users = await readEveryUserHolder(tenantId, marks, session);
    const memberships = await membershipsOf(tenantId, users, marks === null, session);
    const known = new Map<string, Assigned>();
    return new Map(users.map((user) => {
      const roles = [...rolesAt(user, now), baseRole];
      const assigned = { roles, groups: user.groups ?? [], memberships: memberships.get(user._id) ?? [] };
      const key = JSON.stringify(assigned);
      const equal = known.get(key) ?? assigned;
      known.set(key, equal);
      return [user._id, equal];
    }));
  };
}
