import { randomBytes } from 'node:crypto';
import { newId } from '../../../src/platform/database/new-id.ts';
import type { Models } from '../../../src/boot/stores.ts';

/** How much there is. */
export interface PopulationSize {
  readonly tenants: number;
  readonly users: number;
  readonly sessions: number;
}

export interface Member {
  readonly email: string;
  readonly tenant: string;
  readonly password: string;
}

/** Sends a request to the server that is being filled. */
export type Post = (path: string, body: object, token?: string) => Promise<Record<string, unknown>>;

const batch = 1_000;
const password = 'a long enough password';
/** What is measured asks one tenant for all, so that the limit of its checks is out of the way. */
const unlimited = { limits: { checksPerSecond: 1_000_000 } };

/**
 * Fills a Gatehouse with tenants of like size, by its own calls where a tenant is made and a user logs in, and else
 * straight into the store: users and sessions are copies of real ones, users with one hash for all.
 *
 * Answers one member of each tenant, who is logged in, and their access tokens.
 */
export async function populate(stores: Models, post: Post, root: string, size: PopulationSize): Promise<{ readonly members: Member[]; readonly tokens: string[] }> {
  const { userId } = await post('/admin/create-user', { email: 'model@example.com', password }, root);
  const model = await stores.users.findOne({ tenantId: 'default', _id: String(userId) }).select('+password').orFail().lean();
  const members: Member[] = [];
  const tokens: string[] = [];
  for (let index = 0; index < size.tenants; index += 1) {
    const tenant = `tenant-${index}`;
    const { tenantId } = await post('/tenants/create', { name: tenant, settings: unlimited, admin: { email: `boss@${tenant}.example` } }, root);
    const count = share(size.users, size.tenants, index);
    const users = Array.from({ length: count }, (_each, user) => {
      const email = `user-${user}@${tenant}.example`;
      return { ...model, _id: newId(), tenantId: String(tenantId), email, emailKey: email, roles: ['guest', 'user'], emailVerified: true };
    });
    await inBatches(users, (rows) => stores.users.insertMany(rows));
    const [first] = users;
    if (!first) continue;
    const member = { email: first.email, tenant, password };
    tokens.push(String((await post('/users/login', member))['access_token']));
    members.push(member);
    const session = await stores.sessions.findOne({ tenantId: String(tenantId), userId: first._id }).orFail().lean();
    const sessions = Array.from({ length: share(size.sessions, size.tenants, index) - 1 }, (_each, at) => (
      { ...session, _id: newId(), userId: users[at % count]?._id ?? first._id, refresh: { current: randomBytes(32).toString('hex'), used: [] } }));
    await inBatches(sessions, (rows) => stores.sessions.insertMany(rows));
  }
  return { members, tokens };
}

/** So many of all that each of the tenants has as many, or one more. */
function share(all: number, tenants: number, index: number): number {
  return Math.floor(all / tenants) + (index < all % tenants ? 1 : 0);
}

async function inBatches<T>(rows: readonly T[], insert: (rows: T[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < rows.length; at += batch) await insert(rows.slice(at, at + batch));
}
