import { rolesAt, withRolesToCome } from '../../engine/grants/role-times.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { Principal } from './grants.types.ts';

/**
 * All principals who hold a role, batch by batch: users and clients to whom it is assigned, now or later, by themselves, by a
 * group or on one resource, and holders of every role that inherits it.
 */
export type PrincipalsOfRole = (tenantId: string, roleId: string, session: ClientSession) => AsyncGenerator<Principal[]>;

/** What makes somebody a holder: one of these roles or groups, or that they are named by id. */
export interface HolderMarks {
  readonly roleIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly userIds: readonly string[];
}

type IdsOfRoles = (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<string[]>;

/** The next principals of a tenant in the order of their ids: holders alone, or all of them where `marks` is null. */
type ReadHolders = (
  tenantId: string, marks: HolderMarks | null, page: { readonly after: string; readonly most: number }, session: ClientSession,
) => Promise<Principal[]>;

export interface PrincipalsOfRoleDeps {
  /** The roleIds of the roles that inherit one of these directly. */
  readonly readHeirs: IdsOfRoles;
  /** The groups that have one of these roles. */
  readonly readGroupsOfRoles: IdsOfRoles;
  /** The users who have one of these roles on a resource. */
  readonly readMembersOfRoles: IdsOfRoles;
  readonly readUserHolders: ReadHolders;
  readonly readClientHolders: ReadHolders;
  /** Held by everybody. */
  readonly baseRole: string;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Principals that are read together. */
const batch = 500;

/** Creates the search for the principals who hold a role. */
export function createPrincipalsOfRole({
  readHeirs, readGroupsOfRoles, readMembersOfRoles, readUserHolders, readClientHolders, baseRole, clock,
}: PrincipalsOfRoleDeps): PrincipalsOfRole {
  /** The role and all that inherit it, at any distance. */
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
    // A user whose assignment has ended is found by it, and holds nothing by it.
    const holds = (user: Principal) => isEverybodys || memberIds.has(user._id)
      || (user.groups ?? []).some((groupId) => groupIds.has(groupId))
      || rolesAt(withRolesToCome(user), now).some((held) => roleIds.includes(held));
    const through = (read: ReadHolders) => readAll((after) => read(tenantId, marks, { after, most: batch }, session));
    for await (const found of through(readUserHolders)) yield found.filter(holds);
    yield* through(readClientHolders);
  };
}
