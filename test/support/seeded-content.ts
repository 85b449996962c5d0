import type { Connection } from 'mongoose';

/** What a seeding leaves behind, without what differs from one to the next: ids, keys, times, heartbeats of nodes. */
export type SeededContent = Readonly<Record<string, readonly unknown[]>>;

type Stored = Record<string, unknown>;

/** How each collection that a seeding writes is compared; the other collections must be empty. */
const views: Readonly<Record<string, { readonly sort: string; readonly view?: (stored: Stored) => unknown }>> = {
  auditRecords: { sort: '_id' },
  outbox: { sort: '_id' },
  roles: { sort: 'type' },
  signingKeys: { sort: '_id', view: ({ number, algorithm }) => ({ number, algorithm }) },
  tenants: { sort: '_id' },
  tokens: { sort: '_id', view: ({ kind }) => ({ kind }) },
  users: { sort: '_id', view: ({ password, ...user }) => ({ ...user, hasPassword: password !== undefined }) },
  // How often nodes met is no content.
  versions: { sort: '_id', view: ({ _id }) => _id },
};

/** Reads all of a database; collections without documents are left out. */
export async function readSeededContent(connection: Connection): Promise<SeededContent> {
  const content: Record<string, unknown[]> = {};
  for (const { name } of await connection.listCollections()) {
    const { sort, view } = views[name] ?? { sort: '_id' };
    const stored = await connection.collection(name).find({ beat: { $exists: false } }).sort({ [sort]: 1 }).toArray();
    if (stored.length > 0) content[name] = stored.map((document) => withoutRandom(view ? view(document) : document));
  }
  return content;
}

/** How many documents of each kind there are, for what is promised of every seeding. */
export function countSeeded({ users = [], roles = [], signingKeys = [], tenants = [] }: SeededContent): Record<string, number> {
  return {
    superadmins: users.filter(
      (user) => (user as { roles: string[] }).roles.includes('superadmin'),
    ).length, // as the user model declares them
    users: users.length,
    roles: roles.length,
    keys: signingKeys.length,
    tenants: tenants.length,
  };
}

/** What each of those counts must be. */
export const seededOnce = { superadmins: 1, users: 1, roles: 4, keys: 1, tenants: 1 };

function withoutRandom(value: unknown): unknown {
  if (value instanceof Date) return 'a time';
  if (typeof value === 'string') return /^[0-9a-f]{24}$/.test(value) ? 'an id' : value;
  if (Array.isArray(value)) return value.map(withoutRandom);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutRandom(part)]));
}
