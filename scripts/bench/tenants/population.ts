import { newId } from '../../../src/platform/database/queries/new-id.ts';
import { createSharedModels } from '../../../src/boot/stores.ts';
import { createUserCopier, inBatches, unknownRefresh } from '../copies.ts';
import { call } from '../requests.ts';
import { password } from '../servers/gatehouse-server.ts';
import type { GatehouseServer } from '../servers/gatehouse-server.ts';

export interface PopulationSize {
  readonly tenants: number;
  readonly users: number;
  readonly sessions: number;
}

/** A user who is logged in. */
export interface Member {
  readonly login: { readonly email: string; readonly tenant: string; readonly password: string };
  /** An access token. */
  readonly token: string;
}

/** The benchmark sends all checks of a tenant: without this, the limit of its checks would be measured. */
const unlimited = { limits: { checksPerSecond: 1_000_000 } };

/**
 * Fills a Gatehouse with tenants of equal size, and resolves with one member of each.
 *
 * Tenants are created and their members logged in by requests. All other users and sessions are copies of those, stored
 * directly; the users share one password hash.
 */
export async function populate({ origin, root, connection }: GatehouseServer, size: PopulationSize): Promise<Member[]> {
  const stores = createSharedModels(connection);
  const copyUser = await createUserCopier(stores, origin, root);
  const members: Member[] = [];
  for (let index = 0; index < size.tenants; index += 1) {
    const tenant = `tenant-${index}`;
    const order = { name: tenant, settings: unlimited, admin: { email: `boss@${tenant}.example` } };
    const tenantId = String((await call('POST', `${origin}/tenants/create`, order, root))['tenantId']);
    const count = share(size.users, size.tenants, index);
    const users = Array.from({ length: count }, (_each, user) => (
      copyUser(`user-${user}@${tenant}.example`, { tenantId, roles: ['guest', 'user'] })));
    await inBatches(users, (rows) => stores.users.insertMany(rows));
    const [first] = users;
    if (!first) continue;
    const login = { email: first.email, tenant, password };
    const { access_token: token } = await call('POST', `${origin}/users/login`, login);
    members.push({ login, token: String(token) });
    const session = await stores.sessions.findOne({ tenantId, userId: first._id }).orFail().lean();
    const sessions = Array.from({ length: share(size.sessions, size.tenants, index) - 1 }, (_each, at) => (
      { ...session, _id: newId(), userId: users[at % count]?._id ?? first._id, refresh: unknownRefresh() }));
    await inBatches(sessions, (rows) => stores.sessions.insertMany(rows));
  }
  return members;
}

/** The part of one tenant: all tenants have the same number, or one more. */
function share(all: number, tenants: number, index: number): number {
  return Math.floor(all / tenants) + (index < all % tenants ? 1 : 0);
}
