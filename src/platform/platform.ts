import type { KeyObject } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { ClientSession, Model } from 'mongoose';
import type { Logger } from 'pino';
import { createFeed } from './cache/change-feed.ts';
import { createKnowledge } from './cache/invalidation.ts';
import { createRedisStore } from './cache/redis.store.ts';
import { createChangeService } from './changes/change.service.ts';
import type { ChangeDeps } from './changes/change.service.ts';
import { raiseGuard } from './changes/lock-document.ts';
import type { Version } from './changes/lock-document.ts';
import type { OutboxRow } from './changes/outbox.model.ts';
import type { Peers } from './changes/peers.ts';
import type { Database } from './database/database.ts';
import type { Placements } from './database/tenancy/tenant-locations.ts';
import { createPulse } from './database/watchdog.ts';
import { createKeyedDigest } from './keyed-digest.ts';
import type { RateLimit } from './limits/rate-limit.model.ts';
import { createRateLimits } from './limits/rate-limit.service.ts';
import { createCheckRates } from './limits/tenant-rate.ts';
import { createMetrics } from './metrics/metrics.ts';
import type { PasswordPool } from './passwords/password.pool.ts';
import { createPasswordService } from './passwords/password.service.ts';

/** What of the settings every feature stands on; `Settings` says what each means. */
export interface PlatformSettings {
  readonly publicUrl: string;
  readonly keyEncryptionKey: KeyObject;
  readonly pepper: { readonly id: string; readonly key: KeyObject };
  readonly passwordCost: number;
  readonly workers: number;
  readonly maxStaleness: number;
  readonly databaseSilence: number;
  readonly redisUrl: string | null;
  readonly metrics: { readonly port: number | null; readonly token: KeyObject | null };
}

export interface PlatformDeps extends Pick<ChangeDeps, 'raisePolicyVersion' | 'writeAudit' | 'requireRoom'> {
  readonly database: Database;
  readonly models: { readonly outbox: Model<OutboxRow>; readonly versions: Model<Version>; readonly rateLimits: Model<RateLimit> };
  readonly placements: Placements;
  readonly settings: PlatformSettings;
  readonly logger: Logger;
  /** ms since 1970 */
  readonly clock: () => number;
  readonly peers?: Peers | undefined;
  /** In place of threads of its own. */
  readonly passwordPool?: PasswordPool | undefined;
}

/** Creates what every feature stands on, and writes through. */
export function createPlatform({ database, models, placements, settings, logger, clock, peers, passwordPool, ...ports }: PlatformDeps) {
  const { connection, rehearsals } = database;
  const { outbox, versions } = models;
  const digestFor = (purpose: string) => createKeyedDigest(settings.keyEncryptionKey, purpose);

  const metrics = createMetrics();
  if (settings.metrics.token !== null || settings.metrics.port !== null) metrics.measure();
  const knowledge = createKnowledge();
  const feed = createFeed({
    outbox, maxStaleness: settings.maxStaleness, clock, onNotice: knowledge.note, onGap: knowledge.forgetAll,
    onError: (error) => logger.warn(error, 'the feed of changes broke, and is followed anew'),
  });
  const changes = createChangeService({ connection, outbox, peers, rehearsals, clock, ...ports });
  changes.onChanged((notices) => { for (const notice of notices) knowledge.note(notice); });
  const passwords = createPasswordService({
    cost: settings.passwordCost, pepper: settings.pepper, hostName: new URL(settings.publicUrl).hostname, pool: passwordPool,
    workers: Math.max(1, Math.floor((availableParallelism() - 1) / settings.workers)), // the processes of a machine share its cores
  });
  const redis = settings.redisUrl === null ? null : createRedisStore({ url: settings.redisUrl, log: logger });
  metrics.watchPasswords(passwords.load);
  metrics.watchFeed(feed.state);

  return {
    database, connection, outbox, placements, logger, clock, digestFor, metrics, knowledge, feed, changes, passwords, redis,
    pulse: createPulse(connection, settings.databaseSilence),
    rates: createCheckRates(),
    limits: createRateLimits({ model: models.rateLimits, digest: digestFor('rate limits') }),
    raiseGuard: (name: string, session: ClientSession) => raiseGuard(versions, name, session),
    async start() {
      feed.start();
      await redis?.open();
    },
    async close() {
      metrics.close();
      await feed.close();
      await redis?.close();
      await passwords.close();
    },
  };
}

export type Platform = ReturnType<typeof createPlatform>;
