import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Connection } from 'mongoose';
import { loadSettings } from '../../src/index.ts';
import type { Settings } from '../../src/index.ts';
import { connect } from '../../src/platform/database/connect.ts';
import { withDatabase } from '../local-env.ts';
import { freePort } from '../local-mongo/run-engine.ts';
import { post, startProgram } from './program.ts';

/** The stand-alone server on a throw-away database, as `npm start` runs it. */
export interface GatehouseServer {
  readonly origin: string;
  readonly settings: Settings;
  /** To its database, for what no request would fill in reasonable time. */
  readonly connection: Connection;
  /** An access token of the superadmin. */
  readonly root: string;
  /** Ends it and removes its database. */
  stop(): Promise<void>;
}

const main = new URL('../../src/main.ts', import.meta.url);
export const password = 'a long enough password';

/** Starts the server in so many workers, with these settings beside those that it needs; the log of requests is off. */
export async function startGatehouseServer(mongodbUri: string, workers: number, more: Readonly<Record<string, string>> = {}): Promise<GatehouseServer> {
  const uri = withDatabase(mongodbUri, `gatehouse_test_bench_server_${randomBytes(6).toString('hex')}`);
  const superadmin = { email: 'root@example.com', password };
  const env = {
    NODE_ENV: 'test', MONGODB_URI: uri, HOST: '127.0.0.1', PORT: String(await freePort()), WORKERS: String(workers), LOG_LEVEL: 'warn', STOP_DELAY: '0',
    DATABASE_SILENCE: '20000', // beside other work the local database is slow, which is no outage
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
    SUPERADMIN_EMAIL: superadmin.email, SUPERADMIN_PASSWORD: superadmin.password, ...more,
  };
  // It says so once all of its workers serve.
  const isReady = (printed: string): boolean => printed.includes('Gatehouse listens on');
  const program = await startProgram({ command: [process.execPath, ...process.execArgv, fileURLToPath(main)], env, isReady });
  const connection = await connect(uri);
  const stop = async (): Promise<void> => {
    await program.stop();
    await connection.dropDatabase().finally(() => connection.close());
  };
  try {
    const settings = loadSettings(env);
    const origin = settings.publicUrl;
    const { access_token: root } = await post(`${origin}/users/login`, superadmin);
    return { origin, settings, connection, root: String(root), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
