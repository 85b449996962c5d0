import { rolesAt, withRolesToCome } from '../../engine/grants/role-times.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { HolderMarks, Principal } from './grants.types.ts';

/**
 * Finds all principals who hold a role, in batches. These are the users and clients who have the role now or later, from an own
 * assignment, a group or a membership, and the holders of all roles that inherit it.
 */
export type PrincipalsOfRole = (tenantId: string, roleId: string, session: ClientSession) => AsyncGenerator<Principal[]>;

type IdsOfRoles = (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<string[]>;

/** The next holders of a tenant in the order of their ids; all principals if `marks` is null. */
type ReadHolders = (
  tenantId: string, marks: HolderMarks | null, page: { readonly after: string; readonly most: number }, session: ClientSession,
) => Promise<Principal[]>;

export interface PrincipalsOfRoleDeps {
  /** The roleIds of the roles that directly inherit one of these roles. */
  readonly readHeirs: IdsOfRoles;
  /** The groups that have one of these roles. */
  readonly readGroupsOfRoles: IdsOfRoles;
  /** The users who have one of these roles on a resource. */
  readonly readMembersOfRoles: IdsOfRoles;
  readonly readUserHolders: ReadHolders;
  readonly readClientHolders: ReadHolders;
  /** The roleId of the role that everybody holds. */
  readonly baseRole: string;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** How many principals are read together. */
const batch = 500;

/** Creates the search for the principals who hold a role. */
export function createPrincipalsOfRole({
  readHeirs, readGroupsOfRoles, readMembersOfRoles, readUserHolders, readClientHolders, baseRole, clock,
}: PrincipalsOfRoleDeps): PrincipalsOfRole {
  /** The role and all roles that inherit it, directly or through others. */
  async function withHeirs(tenantId: string, roleId: string, session: ClientSession): Promise<string[]> {
    const known = new Set([roleId]);
    for (let last = [roleId]; last.length > 0;) {
      last = (await readHeirs(tenantId, last, session)).filter((heir) => !known.has(heir));
      for (const heir of last) known.add(heir);
    }
    return [...known];
  }

  async function* readAll(read: (after: string) => Promise<Principal[]>): AsyncGenerator<Principal[]> {
    for (let last: string | undefined = ''; last !== undefined;) {
      const found: Principal[] = await read(last);
      yield found;
      last = found.length < batch ? undefined : found.at(-1)?._id;
    }
  }

  return async function* principalsOfRole(tenantId, roleId, session) {
    const roleIds = await withHeirs(tenantId, roleId, session);
    const isEverybodys = roleIds.includes(baseRole);
    const groupIds = new Set(await readGroupsOfRoles(tenantId, roleIds, session));
    const memberIds = new Set(await readMembersOfRoles(tenantId, roleIds, session));
    const marks = isEverybodys ? null : { roleIds, groupIds: [...groupIds], userIds: [...memberIds] };
    const now = clock();
    // The query also finds users whose assignment has ended; they do not hold the role.
    const holds = (user: Principal) => isEverybodys || memberIds.has(user._id)
      || (user.groups ?? []).some((groupId) => groupIds.has(groupId))
      || rolesAt(withRolesToCome(user), now).some((held) => roleIds.includes(held));
    const through = (read: ReadHolders) => readAll((after) => read(tenantId, marks, { after, most: batch }, session));
    for await (const found of through(readUserHolders)) yield found.filter(holds);
    yield* through(readClientHolders);
  };
}
