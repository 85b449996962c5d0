import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connection } from 'mongoose';
import { loadSettings } from '../../../src/index.ts';
import type { Settings } from '../../../src/index.ts';
import { connect } from '../../../src/platform/database/connect.ts';
import { freePort } from '../../../src/cli/local-mongo/free-port.ts';
import { call } from '../requests.ts';
import { dropAndClose, throwAwayDatabase } from '../serve.ts';
import { startProgram } from './program.ts';

/** The stand-alone server on a throw-away database, as `npm start` runs it. */
export interface GatehouseServer {
  readonly origin: string;
  readonly settings: Settings;
  /** To its database, for data that requests could not create in reasonable time. */
  readonly connection: Connection;
  /** An access token of the superadmin. */
  readonly root: string;
  /** Ends it and removes its database. */
  stop(): Promise<void>;
}

const main = new URL('../../../src/main.ts', import.meta.url);
export const password = 'a long enough password';
export const superadmin = { email: 'root@example.com', password };

/** Starts the server with this number of workers and these settings beside those that it needs; it logs no requests. */
export async function startGatehouseServer(
  mongodbUri: string, workers: number, more: Readonly<Record<string, string>> = {},
): Promise<GatehouseServer> {
  const env = {
    ...requiredSettings(throwAwayDatabase(mongodbUri, 'server')), NODE_ENV: 'test', HOST: '127.0.0.1', PORT: String(await freePort()),
    WORKERS: String(workers), STOP_DELAY: '0',
    DATABASE_SILENCE: '20000', // beside other work the local database is slow, which is no outage
    ...more,
  };
  const program = await startProgram({
    command: [process.execPath, ...process.execArgv, fileURLToPath(main)],
    env: (folder) => ({ MAIL_FOLDER: join(folder, 'mails'), ...env }),
    // It prints this once all of its workers serve.
    isReady: (printed) => printed.includes('Gatehouse listens on'),
  });
  const connection = await connect(env.MONGODB_URI);
  const stop = async (): Promise<void> => {
    await program.stop();
    await dropAndClose(connection);
  };
  try {
    const settings = loadSettings(env);
    const origin = settings.publicUrl;
    const { access_token: root } = await call('POST', `${origin}/users/login`, superadmin);
    return { origin, settings, connection, root: String(root), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The settings that every Gatehouse of a benchmark needs, with new secrets; it logs no requests. */
export function requiredSettings(mongodbUri: string) {
  return {
    MONGODB_URI: mongodbUri,
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PASSWORD_PEPPER: randomBytes(32).toString('base64'),
    SUPERADMIN_EMAIL: superadmin.email,
    SUPERADMIN_PASSWORD: superadmin.password,
    LOG_LEVEL: 'warn',
  };
}
