import { startThrowAway } from '../../scripts/local-mongo.ts';
import { testDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { proof } from './proof.ts';

/** A database of one test file's own, on a server of its own that is fast, where one has been built. */
export interface FastDatabase extends TestDatabase {
  /** False: it stands on the server of the test run, and large data would take too long. */
  readonly isFast: boolean;
  /** Which server it is, for people. */
  readonly describe: string;
}

/** How many changes a proof makes: all in the full form on a fast database, few in the short form, else a fifth of all. */
export function changeCount({ isFast }: FastDatabase, full: number, short = 40): number {
  const fifth = Math.max(short, full / 5);
  return proof({ short, ci: fifth, full: isFast ? full : fifth });
}

/** Starts the server and makes the database; `drop` ends both. */
export function fastDatabase(name: string): Promise<FastDatabase> {
  return databaseOn(name, true);
}

/** The same on a server of the kind that `npm start` takes: it takes a unique value again that an update has freed, which the fast one refuses. */
export function slowDatabase(name: string): Promise<FastDatabase> {
  return databaseOn(name, false);
}

async function databaseOn(name: string, prefersFast: boolean): Promise<FastDatabase> {
  const { uri, isFast = false, describe, stop } = await startThrowAway(process.env, { prefersFast });
  const database = await testDatabase(name, {}, uri).catch(async (error: unknown) => { await stop(); throw error; });
  // The server's data goes with it: to remove a large database from it first would take minutes.
  return { ...database, isFast, describe, drop: () => database.connection.close().finally(stop) };
}
