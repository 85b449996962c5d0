import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Connection } from 'mongoose';
import { connect } from '../../src/platform/database/connect.ts';
import { withDatabase } from '../local-env.ts';

/** Connects to a new throw-away database of this process. */
export function connectThrowAway(name: string): Promise<Connection> {
  return connect(withDatabase(process.argv[2] ?? '', `gatehouse_test_bench_${name}_${randomBytes(6).toString('hex')}`));
}

/** Listens on a free port of this machine and answers the origin. */
export async function listen(app: Express): Promise<string> {
  // As the stand-alone server has it: by Node's own 5 s, one that a slow machine holds up closes a connection on which a request is under way.
  const server = createServer({ keepAliveTimeout: 65_000 }, app);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a server that listens on a port has no other kind
}

/** Tells the parent that this process serves; when the parent lets go or dies, stops what serves besides, removes the database and ends. */
export function serveUntilLetGo(ready: object, connection?: Connection, stop: () => Promise<void> = () => Promise.resolve()): void {
  process.once('disconnect', () => {
    const cleanUp = async (): Promise<void> => {
      await stop();
      if (connection) await connection.dropDatabase().finally(() => connection.close());
    };
    void cleanUp().finally(() => process.exit());
  });
  process.send?.(ready);
}
