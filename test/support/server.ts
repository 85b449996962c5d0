import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Express } from 'express';
import type { Connection } from 'mongoose';
import type { UpgradeHandlers } from '../../src/gate/upgrade-gate.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import type { Gatehouse, GatehouseDeps } from '../../src/gatehouse.types.ts';
import { createModels } from '../../src/boot/stores.ts';
import { createDatabase } from '../../src/platform/database/database.ts';
import type { Models } from '../../src/boot/stores.ts';
import { userOf } from './answers.ts';
import { createClient } from './client.ts';
import type { Client } from './client.ts';
import { sameDatabase, testDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { createUserWriter } from './new-user.ts';
import { createTestPool, standardPassword as password } from './test-pool.ts';
import { testSettings } from './test-settings.ts';

export interface TestServer {
  readonly origin: string;
  readonly gatehouse: Gatehouse;
  readonly connection: Connection;
  /** The collections, to look at what is stored; of the tenants in `ownDatabases` in a database of their own. */
  readonly stores: Models;
  /** tenantIds */
  readonly ownDatabases: Set<string>;
  /** A client without a token. */
  readonly anonymous: Client;
  /** A client of the superadmin, logged in. */
  readonly superadmin: Client;
  /**
   * Writes a user with these roles (role types; guest alone by default) into the database, logs in, and answers a client of theirs.
   *
   * Nothing is recorded, announced or mailed of it. Where that matters, take `newUserByApi`.
   */
  newUser(...roles: readonly string[]): Promise<TestUser>;
  /** The same by POST /admin/create-user and POST /roles/assign. */
  newUserByApi(...roles: readonly string[]): Promise<TestUser>;
  /** Creates a role with these rights and answers its type. */
  newRole(...rights: readonly unknown[]): Promise<string>;
  close(): Promise<void>;
}

export interface TestUser {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly client: Client;
}

export interface TestServerOptions extends Omit<Partial<GatehouseDeps>, 'connection'> {
  /** Adds the host's own routes and handlers behind the gate; by default there are none. */
  readonly host?: (app: Express, gatehouse: Gatehouse) => void;
  /** Handlers of upgrade requests, by URL; by default there are none. */
  readonly upgrades?: UpgradeHandlers;
  /** Name of the database of another test server, to share it; by default one of its own. */
  readonly database?: string;
  /** A database that was made before, such as one with a server of its own; `close` drops it. */
  readonly on?: TestDatabase;
  /** Has the connection tell of each command. */
  readonly monitorCommands?: boolean;
}

/** Starts a Gatehouse of its own on a database of its own, with a superadmin logged in. */
export async function startServer({ host, upgrades, database, on, monitorCommands = false, ...deps }: TestServerOptions = {}): Promise<TestServer> {
  const email = 'root@example.com';
  const newDatabase = () => (database === undefined ? testDatabase(undefined, { monitorCommands }) : sameDatabase(database));
  const { connection, drop } = on ?? await newDatabase();
  const settings = deps.settings ?? testSettings({ SUPERADMIN_EMAIL: email, SUPERADMIN_PASSWORD: password });
  const passwordPool = createTestPool(settings.pepper);
  const gatehouse = createGatehouse({ connection, passwordPool, ...deps, settings });
  const app = express();
  app.set('trust proxy', [...settings.trustProxy]);
  app.use(gatehouse.authenticator);
  app.use(gatehouse.routes());
  host?.(app, gatehouse);
  app.use(gatehouse.errorHandler);
  await gatehouse.init(app).catch(async (error: unknown) => {
    await drop();
    throw error;
  });
  // As the stand-alone server does: else one that a slow machine holds up for 5 s closes a connection on which a request is under way.
  const server = createServer({ keepAliveTimeout: 65_000 }, app);
  gatehouse.guardUpgrades(server, upgrades);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const anonymous = createClient(origin);
  const superadmin = settings.superadmin ? await anonymous.logIn(settings.superadmin.email, settings.superadmin.password) : anonymous;

  const ownDatabases = new Set<string>();
  const own = createDatabase(connection, deps.prefix ?? '', { of: (tenantId) => (ownDatabases.has(tenantId) ? 'database' : 'shared') });
  const stores = createModels(own);
  const writeUser = createUserWriter({ connection, stores, settings, passwordPool, clock: deps.clock ?? Date.now });
  // The names of several servers on one database must differ.
  const suffix = database === undefined ? '' : `-${randomBytes(4).toString('hex')}`;
  let counter = 0;
  const nextName = (kind: string) => `${kind}${(counter += 1)}${suffix}`;
  const newEmail = () => `${nextName('user')}@example.com`;
  const loggedIn = async (userId: string, address: string) => (
    { userId, email: address, password, client: await anonymous.logIn(address, password) });
  return {
    ownDatabases, origin, gatehouse, connection, anonymous, superadmin,
    stores,
    async newUser(...roles) {
      const address = newEmail();
      return loggedIn(await writeUser({ email: address, password, roles }), address);
    },
    async newUserByApi(...roles) {
      const address = newEmail();
      const { userId } = userOf(await superadmin.post('/admin/create-user', { email: address, password }, 201));
      for (const type of roles) await superadmin.post('/roles/assign', { userId, type, mode: 'add' }, 200);
      return loggedIn(userId, address);
    },
    async newRole(...rights) {
      const type = nextName('role');
      await superadmin.post('/roles/create', { roleId: type, type, rights }, 201);
      return type;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gatehouse.close();
      for (const tenantId of ownDatabases) await own.tenants.drop(tenantId);
      await drop();
    },
  };
}
