import type { Connection } from 'mongoose';

/** Every document of every collection, to tell whether anything changed. Empty collections and the heartbeats of nodes are left out. */
export async function contentOf(connection: Connection): Promise<Record<string, unknown[]>> {
  const collections = await connection.listCollections();
  const contents = await Promise.all(collections.map(async ({ name }) => (
    [name, await connection.collection(name).find({ beat: { $exists: false } }).sort({ _id: 1 }).toArray()] as const)));
  return Object.fromEntries(contents.filter(([, documents]) => documents.length > 0).sort(([a], [b]) => a.localeCompare(b)));
}
