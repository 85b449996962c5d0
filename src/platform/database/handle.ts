import type { Connection } from 'mongoose';
import { startError } from '../../errors/errors.ts';

/**
 * Creates a separate handle on the database of a connection. It shares the connection's pool and closes with it.
 *
 * A connection accepts each model name only once, and the host or another Gatehouse may also have a model `User`.
 */
export function createHandle(connection: Connection): Connection {
  return connection.useDb(connection.name);
}

/**
 * Throws a StartError if a handle may be on another database than its connection. The name of the database is unknown before the
 * connection is open.
 */
export function requireSameDatabase(handle: Connection, connection: Connection): void {
  const name = connection.db?.databaseName;
  if (name === undefined || handle.db?.databaseName !== name) throw startError(
    'The connection was not open yet: await connection.asPromise() before createGatehouse.',
  );
}
