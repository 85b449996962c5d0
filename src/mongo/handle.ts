import type { Connection } from 'mongoose';
import { startError } from '../errors.ts';

/**
 * Makes a handle of its own on the database of a connection, which shares its pool and closes with it.
 *
 * A connection takes each model once, and the host, or another Gatehouse, may have a `User` too.
 */
export function createHandle(connection: Connection): Connection {
  return connection.useDb(connection.name);
}

/**
 * Throws a StartError for a handle that was made before its connection was open: which database that is was not known
 * then, so that it may be another one.
 */
export function requireSameDatabase(handle: Connection, connection: Connection): void {
  const { name }: { readonly name?: string } = connection; // its type does not tell that it has none until it is open
  if (name === undefined || handle.name !== name) throw startError('The connection was not open yet: await connection.asPromise() before createGatehouse.');
}
