import type { Connection } from 'mongoose';
import { startError } from '../../errors/errors.ts';

/** Throws a StartError for a server outside a replica set that is no mongos: it has neither transactions nor change streams. */
export async function requireReplicaSet(connection: Connection): Promise<void> {
  const hello = await connection.db?.admin().command({ hello: 1 });
  if (typeof hello?.['setName'] === 'string' || hello?.['msg'] === 'isdbgrid') return;
  throw startError(
    'The server of MONGODB_URI is no replica set, and Gatehouse needs transactions and change streams. '
    + 'One member is enough: start mongod with --replSet rs0, and call rs.initiate() once in mongosh.',
  );
}
