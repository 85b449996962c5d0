import { randomBytes } from 'node:crypto';
import type { Connection, ConnectOptions } from 'mongoose';
import { connect } from '../../src/platform/database/connect.ts';

const prefix = 'gatehouse_test_';

/** Beside other tests the local database takes its time to shake hands, in ms. */
const patient = { waitQueueTimeoutMS: 20_000 };

/** A database of one test file's own. */
export interface TestDatabase {
  connection: Connection;
  /** Address of the server with this database's name, for processes a test starts. */
  uri: string;
  /** Removes the database and closes the connection; may be called again. */
  drop: () => Promise<void>;
}

/**
 * Makes a connection to a new, uniquely named database `gatehouse_test_<random>` on TEST_MONGODB_URI.
 *
 * `name` (letters, digits, `_`) is put into the database's name, to tell several of one file apart; `server` is the address of another server.
 */
export async function testDatabase(name?: string, options: ConnectOptions = {}, server = process.env['TEST_MONGODB_URI']): Promise<TestDatabase> {
  if (server === undefined || server === '') throw new Error('TEST_MONGODB_URI is not set. Cure: run `npm test -- <file>`, which starts a database.');
  const database = `${prefix}${name === undefined ? '' : `${name}_`}${randomBytes(6).toString('hex')}`;
  const uri = withDatabase(server, database);
  const connection = await connect(uri, { ...patient, ...options });
  let dropped: Promise<void> | undefined;
  return { connection, uri, drop: () => dropped ??= dropTestDatabase(connection) };
}

/** Connects to a test database once more, as another process would; `drop` ends this connection alone. */
export async function sameDatabase(database: string): Promise<TestDatabase> {
  const uri = withDatabase(process.env['TEST_MONGODB_URI'] ?? '', database);
  const connection = await connect(uri, patient);
  return { connection, uri, drop: () => connection.close() };
}

/** Removes a test database and closes its connection; rejects, without touching it, one not named `gatehouse_test_*`. */
export async function dropTestDatabase(connection: Connection): Promise<void> {
  if (!connection.name.startsWith(prefix)) throw new Error(`${connection.name} is not a test database and is not dropped.`);
  await connection.dropDatabase();
  await connection.close();
}

function withDatabase(uri: string, database: string): string {
  const [address = '', options] = uri.split('?', 2);
  const server = address.replace(/^(mongodb(?:\+srv)?:\/\/[^/]+).*$/, '$1');
  return `${server}/${database}${options === undefined ? '' : `?${options}`}`;
}
