import { randomBytes } from 'node:crypto';
import express from 'express';
import { createGatehouse, loadSettings } from '../../../src/index.ts';
import { connect } from '../../../src/mongo/connect.ts';
import { withDatabase } from '../../local-env.ts';
import { median } from '../load.ts';

/** How long booting takes beyond connecting to the database, in ms. */
export interface BootTimes {
  readonly urls: number;
  /** With no URLs but Gatehouse's own. */
  readonly empty: number;
  readonly full: number;
}

/** Boots Gatehouse with and without so many URLs of a host, by turns, on databases that have been seeded before; medians. */
export async function measureBoots(mongodbUri: string, urls: number, rounds: number): Promise<BootTimes> {
  const [empty, full] = [createBoot(mongodbUri, 0), createBoot(mongodbUri, urls)];
  const times: { empty: number; full: number }[] = [];
  // Round 0 seeds.
  for (let round = 0; round <= rounds; round += 1) {
    const isLast = round === rounds;
    const taken = { empty: await empty(isLast), full: await full(isLast) };
    if (round > 0) times.push(taken);
  }
  return { urls, empty: Math.round(median(times.map((each) => each.empty))), full: Math.round(median(times.map((each) => each.full))) };
}

/** Makes a function that boots on a throw-away database, as a host would, and may drop it after. */
function createBoot(mongodbUri: string, urls: number) {
  const database = withDatabase(mongodbUri, `gatehouse_test_bench_boot_${randomBytes(6).toString('hex')}`);
  const settings = loadSettings({
    MONGODB_URI: database,
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PASSWORD_PEPPER: randomBytes(32).toString('base64'),
    SUPERADMIN_EMAIL: 'root@example.com',
    SUPERADMIN_PASSWORD: 'a long enough password',
    LOG_LEVEL: 'warn',
  });
  const names = Array.from({ length: urls }, (_each, index) => ({ name: `area-${index % 50}/item-${index}/:id`, methods: ['GET' as const], external: true }));

  return async (dropsDatabase: boolean): Promise<number> => {
    const connection = await connect(database);
    try {
      const began = performance.now();
      const gatehouse = createGatehouse({ connection, settings, urls: { auth: { '/': names } } });
      const app = express();
      app.use(gatehouse.authenticator);
      app.use(gatehouse.routes());
      app.use(gatehouse.errorHandler);
      await gatehouse.init(app);
      const elapsed = performance.now() - began;
      await gatehouse.close();
      if (dropsDatabase) await connection.dropDatabase();
      return elapsed;
    } finally {
      await connection.close();
    }
  };
}
