import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Express } from 'express';
import type { Connection } from 'mongoose';
import type { InitReport } from '../../config/init.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import type { Gatehouse, GatehouseDeps } from '../../src/gatehouse.types.ts';
import { createClient } from './client.ts';
import type { Client } from './client.ts';
import { createTestPool } from './test-pool.ts';

export interface Booted {
  readonly origin: string;
  readonly gatehouse: Gatehouse;
  /** What init did. */
  readonly report: InitReport;
  readonly anonymous: Client;
  /** Stops this node; the database stays. */
  close(): Promise<void>;
}

export interface BootOptions extends Omit<GatehouseDeps, 'connection'> {
  readonly host?: (app: Express) => void;
}

/** Boots a node on a database that may be in use already: another node, or a later release. */
export async function boot(connection: Connection, options: BootOptions): Promise<Booted> {
  const { gatehouse, app } = assemble(connection, options);
  const report = await gatehouse.init(app);
  const server = createServer(app);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // an AddressInfo, because it listens on a port
  return {
    origin, gatehouse, report,
    anonymous: createClient(origin),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gatehouse.close();
    },
  };
}

/** What init would do on a database, without a server. */
export async function dryRun(connection: Connection, options: BootOptions): Promise<InitReport> {
  const { gatehouse, app } = assemble(connection, options);
  try {
    return await gatehouse.seed(app, { dryRun: true });
  } finally {
    await gatehouse.close();
  }
}

function assemble(connection: Connection, { host, ...deps }: BootOptions) {
  const gatehouse = createGatehouse({ connection, passwordPool: createTestPool(deps.settings.pepper), ...deps });
  const app = express();
  app.use(gatehouse.authenticator);
  app.use(gatehouse.routes());
  host?.(app);
  app.use(gatehouse.errorHandler);
  return { gatehouse, app };
}

/** Every document of every collection, to tell whether anything changed; collections without any are left out, and so are the heartbeats of nodes. */
export async function contentOf(connection: Connection): Promise<Record<string, unknown[]>> {
  const collections = await connection.listCollections();
  const contents = await Promise.all(collections.map(async ({ name }) => (
    [name, await connection.collection(name).find({ beat: { $exists: false } }).sort({ _id: 1 }).toArray()] as const)));
  return Object.fromEntries(contents.filter(([, documents]) => documents.length > 0).sort(([a], [b]) => a.localeCompare(b)));
}
