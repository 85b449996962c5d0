import type { KeyObject } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { createChangeFeed } from './cache/change-feed.ts';
import { createInvalidation } from './cache/invalidation.ts';
import { createRedisStore } from './cache/redis.store.ts';
import { createChangeService } from './changes/change.service.ts';
import type { ChangeDeps } from './changes/change.service.ts';
import type { LockDocumentStore } from './changes/lock-document.store.ts';
import type { OutboxStore } from './changes/outbox.store.ts';
import type { Peers } from './changes/peers.ts';
import type { Database } from './database/database.ts';
import { endStuckCommands } from './database/stuck-commands.ts';
import type { TenantLocations } from './database/tenancy/tenant-locations.ts';
import { createDatabaseWatchdog } from './database/watchdog.ts';
import { createKeyedDigest } from './keyed-digest.ts';
import { createRateLimits } from './limits/rate-limit.service.ts';
import type { LimitCounters } from './limits/shared-counters.store.ts';
import { createCheckRates } from './limits/tenant-rate.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createOutbound } from './outbound/guarded-fetch.ts';
import type { OutboundNetwork } from './outbound/outbound-networks.ts';
import type { PasswordPool } from './passwords/password.pool.ts';
import { createPasswordService } from './passwords/password.service.ts';

/** The settings that the platform uses. `Settings` explains each. */
export interface PlatformSettings {
  readonly production: boolean;
  readonly outboundNetworks: readonly OutboundNetwork[];
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

export interface PlatformDeps extends Pick<ChangeDeps, 'raisePolicyVersion' | 'writeAudit' | 'enforceQuota'> {
  readonly database: Database;
  readonly stores: { readonly outbox: OutboxStore; readonly lockDocuments: LockDocumentStore; readonly limitCounters: LimitCounters };
  readonly tenantLocations: TenantLocations;
  readonly settings: PlatformSettings;
  readonly logger: Logger;
  /** ms since 1970 */
  readonly clock: () => number;
  readonly peers?: Peers | undefined;
  /** A pool to use instead of new threads. */
  readonly passwordPool?: PasswordPool | undefined;
}

/** Creates the services that all features share: changes, caches, limits, passwords and metrics. */
export function createPlatform(
  { database, stores, tenantLocations, settings, logger, clock, peers, passwordPool, ...ports }: PlatformDeps,
) {
  const { connection, rehearsals } = database;
  const { outbox, lockDocuments, limitCounters } = stores;
  const digestFor = (purpose: string) => createKeyedDigest(settings.keyEncryptionKey, purpose);

  const stopEndingStuck = endStuckCommands(connection);
  const metrics = createMetrics();
  if (settings.metrics.token !== null || settings.metrics.port !== null) metrics.measure();
  const invalidation = createInvalidation();
  const feed = createChangeFeed({
    outbox, maxStaleness: settings.maxStaleness, clock, onNotice: invalidation.applyChange, onGap: invalidation.invalidateAll,
    onError: (error) => logger.warn(error, 'the feed of changes broke and is opened again'),
  });
  const changes = createChangeService({ connection, outbox, peers, rehearsals, clock, ...ports });
  changes.onChanged((notices) => { for (const notice of notices) invalidation.applyChange(notice); });
  const passwords = createPasswordService({
    cost: settings.passwordCost, pepper: settings.pepper, hostName: new URL(settings.publicUrl).hostname, pool: passwordPool,
    workers: Math.max(1, Math.floor((availableParallelism() - 1) / settings.workers)), // the processes of a machine share its cores
  });
  const outbound = { networks: settings.outboundNetworks, production: settings.production };
  const signOn = createOutbound({ ...outbound, purpose: 'sign-on' });
  const redis = settings.redisUrl === null ? null : createRedisStore({ url: settings.redisUrl, log: logger });
  metrics.watchPasswords(passwords.load);
  metrics.watchFeed(feed.state);

  return {
    database, connection, outbox, tenantLocations, logger, clock, digestFor, metrics, invalidation, feed, changes, passwords, redis,
    /** The way to the identity providers of tenants. */
    signOn,
    watchdog: createDatabaseWatchdog(connection, settings.databaseSilence),
    rates: createCheckRates(),
    limits: createRateLimits({ counters: limitCounters, digest: digestFor('rate limits') }),
    lockDocument: lockDocuments.lock,
    async start() {
      feed.start();
      await redis?.open();
    },
    async close() {
      metrics.close();
      await feed.close();
      await signOn.close();
      await redis?.close();
      await passwords.close();
      stopEndingStuck();
    },
  };
}

export type Platform = ReturnType<typeof createPlatform>;
