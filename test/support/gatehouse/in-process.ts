import { createServer as createNodeServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Connection } from 'mongoose';
import type { InitReport } from '../../../config/init.ts';
import { closeLater } from '../../../scripts/test-run/closing.ts';
import type { UpgradeHandlers } from '../../../src/gate/upgrade-gate.ts';
import type { Gatehouse, GatehouseDeps } from '../../../src/gatehouse.types.ts';
import { createModels } from '../../../src/boot/stores.ts';
import type { Models } from '../../../src/boot/stores.ts';
import { createServer } from '../../../src/http/server/create-server.ts';
import { createDatabase as createCollections } from '../../../src/platform/database/database.ts';
import { createClient } from '../client/client.ts';
import type { Client } from '../client/client.ts';
import { standardPassword } from '../test-pool.ts';
import { testSettings } from '../test-settings.ts';
import { assemble } from './assemble.ts';
import { connectTo, createDatabase } from './database.ts';
import type { DatabaseKind, TestDatabase } from './database.ts';
import { createUserWriter } from './user-writer.ts';
import type { WrittenUser } from './user-writer.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

export interface InProcessOptions extends Omit<Partial<GatehouseDeps>, 'connection'> {
  /** The kind of a new database, or one that there is: that of another Gatehouse, of another release, or the way to one. */
  readonly database?: DatabaseKind | Pick<TestDatabase, 'uri'>;
  /** An open connection of a host's own, in place of `database`; it stays open. */
  readonly connection?: Connection;
  /** Adds the host's own routes and handlers behind the gate. */
  readonly host?: (app: Express, gatehouse: Gatehouse) => void;
  /** The server: that of Gatehouse, or Node's own, as a host may use it. By default that of Gatehouse. */
  readonly server?: 'fast' | 'plain';
  /** Handlers of upgrade requests, by URL. */
  readonly upgrades?: UpgradeHandlers;
  /** False: nobody logs in, and `superadmin` has no token. */
  readonly logsIn?: boolean;
  /** Has the connection tell of each command. */
  readonly monitorCommands?: boolean;
}

/** A Gatehouse in this process, with what tests need of it. */
export interface TestGatehouse extends World {
  readonly origin: string;
  readonly gatehouse: Gatehouse;
  /** What init did. */
  readonly report: InitReport;
  readonly database: TestDatabase;
  readonly connection: Connection;
  /** The collections, to look at what is stored; of the tenants in `ownDatabases` in a database of their own. */
  readonly stores: Models;
  /** tenantIds */
  readonly ownDatabases: Set<string>;
  /** A client without a token. */
  readonly anonymous: Client;
  /** A client of the superadmin, logged in. */
  readonly superadmin: Client;
  /** Stops it at once, and removes the database unless it was there before; may be called again. */
  close(): Promise<void>;
}

const defaultSettings = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: standardPassword };

export async function startInProcess(
  {
    upgrades, server: kind = 'fast', database: where = 'shared', connection: given, logsIn = true, monitorCommands = false, ...options
  }: InProcessOptions,
): Promise<TestGatehouse> {
  const isNew = typeof where === 'string' && !given;
  const open = () => (typeof where === 'string' ? createDatabase(where, { monitorCommands }) : connectTo(where, { monitorCommands }));
  const database = given ? borrowed(given) : await open();
  const { connection } = database;
  const settings = options.settings ?? testSettings(defaultSettings);
  const { gatehouse, app, passwordPool } = assemble(connection, { ...options, settings });
  const report = await gatehouse.init(app).catch(async (error: unknown) => {
    await gatehouse.close().catch(() => undefined); // what could not begin may not be able to end
    await database.drop();
    throw error;
  });
  // With Node's default of 5 s, a server that a slow machine holds up closes a connection that is in use.
  const server = kind === 'fast' ? createServer(app) : createNodeServer({ keepAliveTimeout: 65_000 }, app);
  gatehouse.guardUpgrades(server, upgrades);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // what a server on a port has
  const ownDatabases = new Set<string>();
  const locations = { of: (tenantId: string) => (ownDatabases.has(tenantId) ? 'database' : 'shared') } as const;
  const collections = createCollections(connection, options.prefix ?? '', locations);
  let models: Models | undefined; // made when a test looks at what is stored
  const storesOf = () => models ??= createModels(collections);

  async function stop(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await gatehouse.close();
    for (const tenantId of ownDatabases) await collections.tenants.drop(tenantId);
    await database.drop();
  }
  let stopped: Promise<void> | undefined;
  const close = (): Promise<void> => stopped ??= stop();
  closeLater(close);

  const anonymous = createClient(origin);
  const superadmin = logsIn
    && settings.superadmin ? await anonymous.logIn(settings.superadmin.email, settings.superadmin.password) : anonymous;
  let writer: ReturnType<typeof createUserWriter> | undefined;
  const writeUser = (user: WrittenUser) => (
    writer ??= createUserWriter({ connection, stores: storesOf(), settings, passwordPool, clock: options.clock ?? Date.now }))(user);
  const world = createWorld({ anonymous, superadmin, writeUser, isAlone: isNew });
  return {
    ...world, origin, gatehouse, report, database, connection, ownDatabases, anonymous, superadmin, close,
    get stores() { return storesOf(); },
  };
}

function borrowed(connection: Connection): TestDatabase {
  return { connection, uri: '', isFast: false, describe: 'that of a host', drop: () => Promise.resolve() };
}
