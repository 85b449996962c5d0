import type { GivingMembership } from '../../../engine/grants/collect-grants.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import { addMemberships, assignedTo, createProvidedOf } from '../assigned.ts';
import type { Assigned, GrantingMembership, HolderMarks, Principal, ReadAssignments, ReadProvided } from '../grants.types.ts';

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
  readonly readProvided: ReadProvided;
  /** ms since 1970 */
  readonly clock: () => number;
  /** The roleId of the role that everybody holds. */
  readonly baseRole: string;
}

/** Of how many users the memberships are read together. */
const batch = 5_000;

/** Creates the function that reads what is assigned to users. */
export function createReadAssignments(
  { readEveryUserHolder, readMemberships, readMembershipsOn, readProvided, clock, baseRole }: ReadAssignmentsDeps,
): ReadAssignments {
  const providedOf = createProvidedOf(readProvided);

  async function membershipsOf(
    tenantId: string, users: readonly Principal[], isEverybody: boolean, session: ClientSession,
  ): Promise<Map<string, GivingMembership[]>> {
    const all = new Map<string, GivingMembership[]>();
    if (isEverybody) addMemberships(all, await readMembershipsOn(tenantId, null, session));
    else for (let from = 0; from < users.length; from += batch) {
      addMemberships(all, await readMemberships(tenantId, users.slice(from, from + batch).map(({ _id }) => _id), session));
    }
    return all;
  }

  return async (tenantId, marks, session) => {
    const now = clock();
    const users = await readEveryUserHolder(tenantId, marks, session);
    const memberships = await membershipsOf(tenantId, users, marks === null, session);
    const provided = await providedOf(tenantId, users, session);
    const known = new Map<string, Assigned>();
    return new Map(users.map((user) => {
      const assigned = assignedTo(user, now, baseRole, memberships, provided);
      const key = JSON.stringify(assigned);
      const equal = known.get(key) ?? assigned;
      known.set(key, equal);
      return [user._id, equal];
    }));
  };
}
