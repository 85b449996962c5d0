import express from 'express';
import type { Express } from 'express';
import type { Connection } from 'mongoose';
import type { InitReport } from '../../../config/init.ts';
import { createGatehouse } from '../../../src/gatehouse.ts';
import type { Gatehouse, GatehouseDeps } from '../../../src/gatehouse.types.ts';
import { createTestPool } from '../test-pool.ts';

export interface AppOptions extends Omit<GatehouseDeps, 'connection'> {
  /** Adds the host's own routes and handlers behind the gate. */
  readonly host?: (app: Express, gatehouse: Gatehouse) => void;
}

/** Creates a Gatehouse and the app that serves it, without a server. */
export function assemble(connection: Connection, { host, ...deps }: AppOptions) {
  const passwordPool = deps.passwordPool ?? createTestPool(deps.settings.pepper);
  const gatehouse = createGatehouse({ connection, ...deps, passwordPool });
  const app = express();
  app.set('trust proxy', [...deps.settings.trustProxy]);
  app.use(gatehouse.authenticator);
  app.use(gatehouse.routes());
  host?.(app, gatehouse);
  app.use(gatehouse.errorHandler);
  return { gatehouse, app, passwordPool };
}

/** What init would do on a database. */
export async function dryRun(connection: Connection, options: AppOptions): Promise<InitReport> {
  const { gatehouse, app } = assemble(connection, options);
  try {
    return await gatehouse.seed(app, { dryRun: true });
  } finally {
    await gatehouse.close();
  }
}
