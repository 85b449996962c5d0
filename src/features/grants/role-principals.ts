import type { ClientSession, Model } from 'mongoose';
import { rolesAt, withRolesToCome } from '../../engine/grants/role-times.ts';
import type { Client } from '../clients/client.model.ts';
import type { Group } from '../groups/group.model.ts';
import type { Membership } from '../memberships/membership.model.ts';
import type { Role } from '../roles/role.model.ts';
import type { User } from '../users/user.model.ts';
import type { Principal } from './grant-resolver.ts';

/**
 * All principals who hold a role, batch by batch: users and clients to whom it is assigned, now or later, by themselves, by a
 * group or on one resource, and holders of every role that inherits it.
 */
export type PrincipalsOfRole = (tenantId: string, roleId: string, session: ClientSession) => AsyncGenerator<Principal[]>;

export interface PrincipalsOfRoleDeps {
  readonly roles: Model<Role>;
  readonly users: Model<User>;
  readonly groups: Model<Group>;
  readonly memberships: Model<Membership>;
  readonly clients: Model<Client>;
  /** Held by everybody. */
  readonly baseRole: string;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Principals that are read together. */
const batch = 500;

export function createPrincipalsOfRole({ roles, users, groups, memberships, clients, baseRole, clock }: PrincipalsOfRoleDeps): PrincipalsOfRole {
  /** The role and all that inherit it, however far away. */
  async function withHeirs(tenantId: string, roleId: string, session: ClientSession): Promise<string[]> {
    const known = new Set([roleId]);
    for (let last = [roleId]; last.length > 0;) {
      const heirs = await roles.find({ tenantId, inherits: { $in: last } }, { roleId: 1 }, { session }).lean();
      last = heirs.map((heir) => heir.roleId).filter((heir) => !known.has(heir));
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
    const groupIds = new Set((await groups.find({ tenantId, roles: { $in: roleIds } }, { _id: 1 }, { session }).lean()).map(({ _id }) => _id));
    const memberIds = new Set((await memberships.find({ tenantId, roleId: { $in: roleIds } }, { userId: 1 }, { session }).lean()).map(({ userId }) => userId));
    const holding = { roles: { $in: roleIds } };
    const ofUsers = isEverybodys ? {} : { $or: [holding, { groups: { $in: [...groupIds] } }, { _id: { $in: [...memberIds] } }] };
    const now = clock();
    // One whose assignment has ended is found by it, and holds nothing by it.
    const holds = (user: Principal) => isEverybodys || memberIds.has(user._id)
      || (user.groups ?? []).some((groupId) => groupIds.has(groupId))
      || rolesAt(withRolesToCome(user), now).some((held) => roleIds.includes(held));
    const fields = { tenantId: 1, roles: 1, roleTimes: 1, groups: 1 };
    for await (const found of readAll((after) => users.find({ tenantId, $and: [{ _id: { $gt: after } }, ofUsers] }, fields, { session }).sort({ _id: 1 }).limit(batch).lean())) yield found.filter(holds);
    yield* readAll((after) => clients.find({ tenantId, ...(isEverybodys ? {} : holding), _id: { $gt: after } }, { tenantId: 1, roles: 1 }, { session }).sort({ _id: 1 }).limit(batch).lean());
  };
}
