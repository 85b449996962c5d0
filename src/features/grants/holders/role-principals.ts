import { rolesAt, withRolesToCome } from '../../../engine/grants/role-times.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import { createProvidedOf } from '../assigned.ts';
import type { HolderMarks, Principal, ReadProvided } from '../grants.types.ts';
import type { MarksOfRoles } from './marks-of-roles.ts';

/**
 * Finds all principals who hold a role, in batches. These are the users and clients who have the role now or later, from an own
 * assignment, a group, a membership or an identity provider, and the holders of all roles that inherit it.
 */
export type PrincipalsOfRole = (tenantId: string, roleId: string, session: ClientSession) => AsyncGenerator<Principal[]>;

/** The next holders of a tenant in the order of their ids; all principals if `marks` is null. */
export type ReadHolders = (
  tenantId: string, marks: HolderMarks | null, page: { readonly after: string; readonly most: number }, session: ClientSession,
) => Promise<Principal[]>;

export interface PrincipalsOfRoleDeps {
  readonly marksOfRoles: MarksOfRoles;
  readonly readUserHolders: ReadHolders;
  readonly readClientHolders: ReadHolders;
  readonly readProvided: ReadProvided;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** How many principals are read together. */
const batch = 500;

/** Creates the search for the principals who hold a role. */
export function createPrincipalsOfRole(
  { marksOfRoles, readUserHolders, readClientHolders, readProvided, clock }: PrincipalsOfRoleDeps,
): PrincipalsOfRole {
  const providedOf = createProvidedOf(readProvided);

  async function* readAll(read: (after: string) => Promise<Principal[]>): AsyncGenerator<Principal[]> {
    for (let last: string | undefined = ''; last !== undefined;) {
      const found: Principal[] = await read(last);
      yield found;
      last = found.length < batch ? undefined : found.at(-1)?._id;
    }
  }

  return async function* principalsOfRole(tenantId, roleId, session) {
    const marks = await marksOfRoles(tenantId, [roleId], session);
    const holds = marks ? holderBy(marks, clock()) : () => true;
    const through = (read: ReadHolders) => readAll((after) => read(tenantId, marks, { after, most: batch }, session));
    for await (const found of through(readUserHolders)) {
      const provided = await providedOf(tenantId, marks?.throughProviders ? found : [], session);
      yield found.filter((user) => holds(user, (provided.get(user._id) ?? []).map(({ roleId: each }) => each)));
    }
    yield* through(readClientHolders);
  };
}

/** The query also finds users whose assignment has ended, and all users with identities; they do not hold the role for that alone. */
function holderBy(marks: HolderMarks, now: number): (user: Principal, provided: readonly string[]) => boolean {
  const [roleIds, groupIds, userIds] = [new Set(marks.roleIds), new Set(marks.groupIds), new Set(marks.userIds)];
  return (user, provided) => userIds.has(user._id)
    || (user.groups ?? []).some((groupId) => groupIds.has(groupId))
    || [...rolesAt(withRolesToCome(user), now), ...provided].some((roleId) => roleIds.has(roleId));
}
