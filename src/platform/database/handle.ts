import type { Connection } from 'mongoose';
import { startError } from '../../errors/errors.ts';

/**
 * Creates a handle of its own on the database of a connection, which shares its pool and closes with it.
 *
 * A connection takes each model once, and the host, or another Gatehouse, may have a `User` too.
 */
export function createHandle(connection: Connection): Connection {
  return connection.useDb(connection.name);
}

/**
 * Throws a StartError where a handle may be on another database than its connection: which one that is, is not known
 * before the connection is open.
 */
export function requireSameDatabase(handle: Connection, connection: Connection): void {
  const name = connection.db?.databaseName;
  if (name === undefined || handle.db?.databaseName !== name) throw startError(
    'The connection was not open yet: await connection.asPromise() before createGatehouse.',
  );
}
