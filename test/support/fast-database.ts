import { startFastMongo, startSlowMongo } from '../../scripts/local-mongo.ts';
import { testDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';

/** A database of one test file's own, on a server of its own that is fast, where one has been built. */
export interface FastDatabase extends TestDatabase {
  /** False: it stands on the server of the test run, and large data would take too long. */
  readonly isFast: boolean;
  /** Which server it is, for people. */
  readonly describe: string;
}

/** Starts the server and makes the database; `drop` ends both. */
export async function fastDatabase(name: string): Promise<FastDatabase> {
  return await databaseOn(await startFastMongo(process.env), name);
}

/** The same on a server of the kind that `npm start` takes where nothing is installed. */
export async function slowDatabase(name: string): Promise<FastDatabase> {
  return await databaseOn({ ...await startSlowMongo(process.env), isFast: false }, name);
}

async function databaseOn({ uri, isFast, describe, stop }: Awaited<ReturnType<typeof startFastMongo>>, name: string): Promise<FastDatabase> {
  const database = await testDatabase(name, {}, uri).catch(async (error: unknown) => { await stop(); throw error; });
  return { ...database, isFast, describe, drop: () => database.drop().finally(stop) };
}
