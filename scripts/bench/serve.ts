import { randomBytes } from 'node:crypto';
import { createServer as createNodeServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Connection } from 'mongoose';
import { createServer } from '../../src/http/server/create-server.ts';
import { connect } from '../../src/platform/database/connect.ts';
import { withDatabase } from '../../src/cli/local/local-env.ts';

/** The address of a new throw-away database on this database server; tests and benchmarks alone use such names. */
export function throwAwayDatabase(mongodbUri: string, name: string): string {
  return withDatabase(mongodbUri, `gatehouse_test_bench_${name}_${randomBytes(6).toString('hex')}`);
}

/** Connects a server file, whose first argument is the database server, to a throw-away database. */
export function connectThrowAway(name: string): Promise<Connection> {
  return connect(throwAwayDatabase(process.argv[2] ?? '', name));
}

/** Listens on a free port of 127.0.0.1 and resolves with the origin. The server is that of Gatehouse, or Node's own. */
export async function listen(app: Express, kind: 'fast' | 'plain' = 'fast'): Promise<string> {
  // As in the stand-alone server: Node's own limit of 5 s would close connections under load where the machine is slow.
  const server = kind === 'fast' ? createServer(app) : createNodeServer({ keepAliveTimeout: 65_000 }, app);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a server that listens on a port has no other kind
}

/** What a server file answers to each further message of its parent process: its processor time until now, in us. */
export interface Usage { readonly microseconds: number }

/** Sends `ready` to the parent process. When the parent disconnects or dies: calls `stop`, removes the database, and ends. */
export function serveUntilLetGo(ready: object, connection?: Connection, stop: () => Promise<void> = () => Promise.resolve()): void {
  process.once('disconnect', () => {
    const cleanUp = async (): Promise<void> => {
      await stop();
      if (connection) await dropAndClose(connection);
    };
    void cleanUp().finally(() => process.exit());
  });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ microseconds: user + system } satisfies Usage);
  });
  process.send?.({ node: process.version, ...ready });
}

/** Removes a throw-away database and closes the connection to it. */
export async function dropAndClose(connection: Connection): Promise<void> {
  await connection.dropDatabase().finally(() => connection.close());
}
