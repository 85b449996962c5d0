import { Registry } from 'prom-client';
import type { ErrorCode } from '../../errors/errors.ts';
import type { FeedState } from '../cache/change-feed.ts';
import { codeOf } from './code-of.ts';
import { createEventLoopMetrics } from './event-loop.metrics.ts';
import { createFeedMetrics } from './feed.metrics.ts';
import { createPasswordMetrics } from './password.metrics.ts';
import type { PasswordLoad } from './password.metrics.ts';
import { createRequestMetrics } from './request.metrics.ts';
import type { RequestMetrics } from './request.metrics.ts';
import { createFastCounters } from './fast-counter.ts';

/** What is kept in memory: verified tokens, sessions with whose they are, compiled grants, and those whom checks are about. */
export type CacheName = 'token' | 'session' | 'grants' | 'subject';

/** All that one Gatehouse counts and measures. */
export interface Metrics extends RequestMetrics {
  /** Counts what a guard or a handler refused to a caller that the gate had let pass. */
  countHandlerRefusal(code: ErrorCode): void;
  /** A login that is counted, however it ends. */
  countLogins<Asked extends readonly unknown[], Login>(logIn: (...asked: Asked) => Promise<Login>): (...asked: Asked) => Promise<Login>;
  /** Counts a look into a cache. */
  cacheLookup(cache: CacheName, hit: boolean): void;
  /** From now on the feed is read at each scrape. */
  watchFeed(read: () => FeedState): void;
  /** From now on the threads for passwords are looked at, at each scrape. */
  watchPasswords(read: () => PasswordLoad): void;
  /** All of it in Prometheus's text format; begins to measure. */
  read(): Promise<string>;
  /** Ends what measures. */
  close(): void;
}

/** The media type of what `read` answers. */
export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE;

/**
 * Creates the metrics of one Gatehouse, in a registry of their own, so that several in one process do not mix.
 *
 * Counting costs next to nothing and is always done. What costs more, the durations of requests and the lag of the event
 * loop, is measured from the first `measure` or `read` on.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const requests = createRequestMetrics(registry);
  const handlerRefusals = createFastCounters(registry, {
    name: 'gatehouse_handler_refusals_total', labels: ['reason'], help: 'What guards and handlers refused behind the gate, by error code.',
  });
  const logins = createFastCounters(
    registry, { name: 'gatehouse_logins_total', labels: ['result'], help: 'Logins by password, by result: succeeded, or the error code.' },
  );
  const succeeded = logins('succeeded');
  const lookups = createFastCounters(
    registry, { name: 'gatehouse_cache_lookups_total', labels: ['cache', 'result'], help: 'Looks into a cache, by result: hit or miss.' },
  );
  const lookupsOf = (cache: CacheName) => ({ hit: lookups(cache, 'hit'), miss: lookups(cache, 'miss') });
  const byCache = {
    token: lookupsOf('token'), session: lookupsOf('session'), grants: lookupsOf('grants'), subject: lookupsOf('subject'),
  } satisfies Record<CacheName, unknown>;
  const eventLoop = createEventLoopMetrics(registry);

  function measure(): void {
    requests.measure();
    eventLoop.measure();
  }

  return {
    ...requests, ...createFeedMetrics(registry), ...createPasswordMetrics(registry), measure,
    countHandlerRefusal(code) {
      handlerRefusals(code).count += 1;
    },
    countLogins: (logIn) => async (...asked) => {
      try {
        const login = await logIn(...asked);
        succeeded.count += 1;
        return login;
      } catch (error) {
        logins(codeOf(error)).count += 1;
        throw error;
      }
    },
    cacheLookup(cache, hit) {
      byCache[cache][hit ? 'hit' : 'miss'].count += 1;
    },
    read() {
      measure();
      return registry.metrics();
    },
    close: eventLoop.close,
  };
}
