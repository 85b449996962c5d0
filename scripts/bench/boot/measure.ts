import { randomBytes } from 'node:crypto';
import express from 'express';
import { createGatehouse, loadSettings } from '../../../src/index.ts';
import { connect } from '../../../src/platform/database/connect.ts';
import { withDatabase } from '../../local-env.ts';
import { median } from '../load.ts';

/** Of some boots, in ms beyond connecting to the database. */
export interface BootTime {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** How long booting takes with so many URLs of a host beside Gatehouse's own. */
export interface BootTimes {
  readonly urls: number;
  /** On a database with nothing in it. */
  readonly fresh: BootTime;
  /** On one on which the same was booted before. */
  readonly seeded: BootTime;
}

/** Boots Gatehouse with so many URLs, each size by turns: each time on a new database, and then once more on that. */
export async function measureBoots(mongodbUri: string, sizes: readonly number[], rounds: number, onRound: (round: number) => void = () => undefined): Promise<BootTimes[]> {
  const boots = sizes.map((urls) => ({ urls, boot: createBoot(mongodbUri, urls), fresh: [] as number[], seeded: [] as number[] })); // filled below
  // Round 0 warms up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const { boot, fresh, seeded } of boots) {
      const taken = { fresh: await boot(false), seeded: await boot(true) };
      if (round === 0) continue;
      fresh.push(taken.fresh);
      seeded.push(taken.seeded);
    }
    onRound(round);
  }
  return boots.map(({ urls, fresh, seeded }) => ({ urls, fresh: sumUp(fresh), seeded: sumUp(seeded) }));
}

function sumUp(times: readonly number[]): BootTime {
  return { median: Math.round(median(times)), least: Math.round(Math.min(...times)), most: Math.round(Math.max(...times)) };
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
