import { randomBytes } from 'node:crypto';
import type { Connection } from 'mongoose';
import { startThrowAway } from '../../../scripts/local-mongo.ts';
import { closeLater } from '../../../scripts/test-run/closing.ts';
import { connect } from '../../../src/platform/database/connect.ts';
import type { ConnectSettings } from '../../../src/platform/database/connect.ts';
import { proof } from '../proof.ts';

const prefix = 'gatehouse_test_';

/** Beside other tests the local database is slow, which is no outage. */
const patient = { silence: 20_000 };

/**
 * On which server a new database is made.
 *
 * shared: that of the test run. fast: one of its own, in Rust where one has been built, for large data. slow: one of its
 * own of the kind that `npm start` takes, which takes a unique value again that an update has freed.
 */
export type DatabaseKind = 'shared' | 'fast' | 'slow';

/** A database of one test file's own. It is removed when the test, the describe or the file that made it is over. */
export interface TestDatabase {
  readonly connection: Connection;
  /** Address of the server with this database's name, for processes and further nodes. */
  readonly uri: string;
  /** False: it stands on the server of the test run, and large data would take too long. */
  readonly isFast: boolean;
  /** Which server it is, for people. */
  readonly describe: string;
  /** Removes it at once; may be called again. */
  drop(): Promise<void>;
}

export interface DatabaseOptions extends ConnectSettings {
  /** Letters, digits and `_` in the name of the database, to tell several of one file apart. */
  readonly name?: string;
  /** The address of another server, for kind `shared`. */
  readonly server?: string;
}

/** Makes a new database, uniquely named `gatehouse_test_<random>`. */
export async function createDatabase(kind: DatabaseKind = 'shared', options: DatabaseOptions = {}): Promise<TestDatabase> {
  return closing(await (kind === 'shared' ? onServer(options) : onServerOfItsOwn(kind, options)));
}

async function onServer({ name, server, ...options }: DatabaseOptions): Promise<TestDatabase> {
  const address = server ?? process.env['TEST_MONGODB_URI'];
  if (address === undefined || address === '') {
    throw new Error('TEST_MONGODB_URI is not set. Cure: run `npm test -- <file>`, which starts a database.');
  }
  const uri = withDatabase(address, `${prefix}${name === undefined ? '' : `${name}_`}${randomBytes(6).toString('hex')}`);
  const connection = await connect(uri, { ...patient, ...options });
  return { connection, uri, isFast: false, describe: 'that of the test run', drop: () => dropTestDatabase(connection) };
}

/** Connects to a database that there is, as another process would; only the connection is closed in the end. */
export async function connectTo({ uri }: Pick<TestDatabase, 'uri'>, options: ConnectSettings = {}): Promise<TestDatabase> {
  const connection = await connect(uri, { ...patient, ...options });
  return closing({ connection, uri, isFast: false, describe: uri, drop: () => connection.close() });
}

/** Removes a test database and closes its connection; rejects, without touching it, one not named `gatehouse_test_*`. */
export async function dropTestDatabase(connection: Connection): Promise<void> {
  if (!connection.name.startsWith(prefix)) throw new Error(`${connection.name} is not a test database and is not dropped.`);
  await connection.dropDatabase();
  await connection.close();
}

/** How many changes a proof makes: all in the full form on a fast database, few in the short form, else a fifth of all. */
export function changeCount({ isFast }: Pick<TestDatabase, 'isFast'>, full: number, short = 40): number {
  const fifth = Math.max(short, full / 5);
  return proof({ short, ci: fifth, full: isFast ? full : fifth });
}

async function onServerOfItsOwn(kind: 'fast' | 'slow', options: DatabaseOptions): Promise<TestDatabase> {
  const { uri, isFast = false, describe, stop } = await startThrowAway(process.env, { prefersFast: kind === 'fast' });
  const database = await onServer({ ...options, server: uri }).catch(async (error: unknown) => { await stop(); throw error; });
  // The server's data goes with it: to remove a large database from it first would take minutes.
  return { ...database, isFast, describe, drop: () => database.connection.close().finally(stop) };
}

function closing(database: TestDatabase): TestDatabase {
  let dropped: Promise<void> | undefined;
  const drop = (): Promise<void> => dropped ??= database.drop();
  closeLater(drop);
  return { ...database, drop };
}

function withDatabase(uri: string, database: string): string {
  const [address = '', options] = uri.split('?', 2);
  const server = address.replace(/^(mongodb(?:\+srv)?:\/\/[^/]+).*$/, '$1');
  return `${server}/${database}${options === undefined ? '' : `?${options}`}`;
}
