import { Registry } from 'prom-client';
import type { ErrorCode } from '../../errors/table.ts';
import type { FeedState } from '../cache/change-feed.ts';
import { codeOf } from './code-of.ts';
import { createEventLoopMetrics } from './event-loop.metrics.ts';
import { createFeedMetrics } from './feed.metrics.ts';
import { createPasswordMetrics } from './password.metrics.ts';
import type { PasswordLoad } from './password.metrics.ts';
import { createRequestMetrics } from './request.metrics.ts';
import type { RequestMetrics } from './request.metrics.ts';
import { createFastCounters } from './fast-counter.ts';

/** The caches: verified tokens, sessions with their callers, compiled grants, and the subjects of checks. */
export type CacheName = 'token' | 'session' | 'grants' | 'subject';

/** All metrics of one Gatehouse. */
export interface Metrics extends RequestMetrics {
  /** Counts a refusal by a guard or a handler, behind the gate. */
  countHandlerRefusal(code: ErrorCode): void;
  /** Wraps a login function, so that each login is counted with its result. */
  countLogins<Asked extends readonly unknown[], Login>(logIn: (...asked: Asked) => Promise<Login>): (...asked: Asked) => Promise<Login>;
  /** Counts a login through an identity provider, with its result: `succeeded`, or the error code. */
  countSignOn(protocol: string, result: string): void;
  /** Counts a lookup in a cache. */
  cacheLookup(cache: CacheName, hit: boolean): void;
  /** Sets the source of the feed's state, which is read at each scrape. */
  watchFeed(read: () => FeedState): void;
  /** Sets the source of the load of the password threads, which is read at each scrape. */
  watchPasswords(read: () => PasswordLoad): void;
  /** All metrics in the text format of Prometheus. The first call begins to measure. */
  read(): Promise<string>;
  /** Ends the measurements. */
  close(): void;
}

/** The media type of the text of `read`. */
export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE;

/**
 * Creates the metrics of one Gatehouse in a separate registry, so that several Gatehouses in one process do not mix.
 *
 * Counting is very cheap and is always on. The durations of requests and the lag of the event loop cost more, so they are measured
 * only from the first `measure` or `read` on.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const requests = createRequestMetrics(registry);
  const handlerRefusals = createFastCounters(registry, {
    name: 'gatehouse_handler_refusals_total', labels: ['reason'], help: 'Refusals by guards and handlers behind the gate, by error code.',
  });
  const logins = createFastCounters(
    registry, { name: 'gatehouse_logins_total', labels: ['result'], help: 'Logins by password, by result: succeeded, or the error code.' },
  );
  const succeeded = logins('succeeded');
  const signOns = createFastCounters(registry, {
    name: 'gatehouse_sso_logins_total', labels: ['protocol', 'result'],
    help: 'Logins through identity providers, by protocol and result: succeeded, or the error code.',
  });
  const lookups = createFastCounters(
    registry, { name: 'gatehouse_cache_lookups_total', labels: ['cache', 'result'], help: 'Lookups in a cache, by result: hit or miss.' },
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
    countSignOn(protocol, result) {
      signOns(protocol, result).count += 1;
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
