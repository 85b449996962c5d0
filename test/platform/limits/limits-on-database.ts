import { createSecretKey, randomBytes } from 'node:crypto';
import { createKeyedDigest } from '../../../src/platform/keyed-digest.ts';
import { createRateLimitModel } from '../../../src/platform/limits/rate-limit.model.ts';
import { createRateLimits } from '../../../src/platform/limits/rate-limit.service.ts';
import type { RateLimitDeps, RateLimits } from '../../../src/platform/limits/rate-limit.service.ts';
import { createLimitCounters } from '../../../src/platform/limits/shared-counters.store.ts';
import { connect } from '../../../src/platform/database/connect.ts';
import { buildIndexes } from '../../../src/platform/database/indexes.ts';
import { AppError } from '../../../src/errors/errors.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import { watchCommands } from '../../support/watch-commands.ts';
import type { CommandWatch } from '../../support/watch-commands.ts';

export interface LimitsOnDatabase {
  /** The limits as one more node has them: with a memory of its own. */
  node(options?: Pick<RateLimitDeps, 'delaySeconds'>): RateLimits;
  readonly commands: CommandWatch;
  /** Everything that is stored. */
  stored(): Promise<{ readonly key: string; readonly points: number; readonly expire: Date }[]>;
  close(): Promise<void>;
}

/** Limits on a database of a test's own, whose commands are watched. */
export async function limitsOnDatabase(): Promise<LimitsOnDatabase> {
  const { uri, drop } = await createDatabase('shared', { name: 'limits' });
  const connection = await connect(uri, { monitorCommands: true });
  const model = createRateLimitModel(connection);
  await buildIndexes([model]);
  const digest = createKeyedDigest(createSecretKey(randomBytes(32)), 'test');
  return {
    node: (options = {}) => createRateLimits({ counters: createLimitCounters(model), digest, ...options }),
    commands: watchCommands(connection),
    stored: () => model.find().lean(),
    async close() {
      await connection.close();
      await drop();
    },
  };
}

/** How many seconds a limit says to wait; 0 if it lets through. */
export async function waitOf(work: Promise<unknown>): Promise<number> {
  try {
    await work;
    return 0;
  } catch (error) {
    if (error instanceof AppError && error.code === 'too-many-requests') return error.extras.limit?.waitSeconds ?? NaN;
    throw error;
  }
}
