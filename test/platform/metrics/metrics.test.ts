import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { AppError } from '../../../src/errors/errors.ts';
import { requestContext } from '../../../src/http/request/request-context.ts';
import { createMetrics } from '../../../src/platform/metrics/metrics.ts';
import type { FeedState } from '../../../src/platform/cache/change-feed.ts';
import type { Metrics } from '../../../src/platform/metrics/metrics.ts';
import { registryOf, school } from '../../engine/registries.ts';
import { readMetrics } from './read-metrics.ts';

let metrics: Metrics;
beforeEach(() => {
  metrics = createMetrics();
});
afterEach(() => metrics.close());

const read = async (from = metrics) => readMetrics(await from.read());
const [endpoint] = registryOf(school).endpoints;

/** A response to a request for an endpoint, as far as metrics look at it. */
function answering(asked = endpoint ?? null, { statusCode = 200, writableFinished = true } = {}): Response {
  const req = { headers: {} } as Response['req'];
  requestContext(req).endpoint = asked;
  return Object.assign(new EventEmitter(), { req, statusCode, writableFinished }) as unknown as Response;
}

function answer(...asked: Parameters<typeof answering>): void {
  const response = answering(...asked);
  metrics.timeAnswer(response);
  response.emit('close');
}

describe('metrics', () => {
  it('names, all of them, begin with gatehouse_, say their unit, and counters end in _total', async () => {
    const { types } = await read();
    expect(types.size).toBe(11);
    for (const [name, type] of types) {
      expect(name).toMatch(/^gatehouse_[a-z_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/milliseconds|_ms\b/);
    }
  });

  it('decisions, allowed and refused, are counted by reason; an error that nobody expected is internal', async () => {
    for (const reason of ['simple', 'auth', 'auth', 'config', 'options'] as const) metrics.countAllowed(reason);
    for (const error of [
      new AppError('right-missing'), new AppError('right-missing'), new AppError('unknown-url'), new Error('database'),
      Object.assign(new Error('gone'), { name: 'MongoNetworkError' }),
    ]) metrics.countRefused(error);
    const { by } = await read();
    expect(by('gatehouse_decisions_total', 'reason')).toEqual(
      { 'simple': 1, 'auth': 2, 'config': 1, 'options': 1, 'right-missing': 2, 'unknown-url': 1, 'internal': 1, 'database-unreachable': 1 },
    );
    expect(Object.keys(by('gatehouse_decisions_total', 'result'))).toEqual(['allowed', 'refused']);
  });

  it('what is counted by known reasons, is there at 0 before anything has happened', async () => {
    const { by, value } = await read();
    expect(by('gatehouse_decisions_total', 'reason')).toEqual({ simple: 0, auth: 0, config: 0, options: 0 });
    expect(by('gatehouse_logins_total', 'result')).toEqual({ succeeded: 0 });
    for (const cache of ['token', 'session', 'grants', 'subject']) for (const result of ['hit', 'miss']) {
      expect(value('gatehouse_cache_lookups_total', { cache, result })).toBe(0);
    }
    expect(value('gatehouse_password_refusals_total')).toBe(0);
  });

  it('a counted login, answers and throws what the login does, and is counted by result', async () => {
    const logIn = metrics.countLogins(
      (name: string) => (name === 'ann' ? Promise.resolve(name) : Promise.reject(new AppError('invalid-credentials'))),
    );
    expect(await logIn('ann')).toBe('ann');
    await expect(logIn('eve')).rejects.toMatchObject({ code: 'invalid-credentials' });
    expect((await read()).by('gatehouse_logins_total', 'result')).toEqual({ 'succeeded': 1, 'invalid-credentials': 1 });
  });

  it('looks into caches, are counted by cache and result', async () => {
    for (const hit of [true, true, false]) metrics.cacheLookup('session', hit);
    metrics.cacheLookup('token', false);
    const { value } = await read();
    expect(
      ['session', 'token'].flatMap((cache) => ['hit', 'miss'].map((result) => value('gatehouse_cache_lookups_total', { cache, result }))),
    ).toEqual([2, 1, 0, 1]);
  });

  it('the feed, has no value until it is watched, and is then read at each scrape', async () => {
    const before = await read();
    expect([before.value('gatehouse_feed_lag_seconds'), before.by('gatehouse_feed_mode', 'mode')]).toEqual([undefined, {}]);
    let state: FeedState = { mode: 'fresh', lagSeconds: 0.04 };
    metrics.watchFeed(() => state);
    const fresh = await read();
    expect([fresh.value('gatehouse_feed_lag_seconds'), fresh.by('gatehouse_feed_mode', 'mode')]).toEqual([0.04, { fresh: 1, reading: 0 }]);
    state = { mode: 'reading', lagSeconds: Infinity };
    const behind = await read();
    expect([behind.value('gatehouse_feed_lag_seconds'), behind.by('gatehouse_feed_mode', 'mode')])
      .toEqual([Infinity, { fresh: 0, reading: 1 }]);
  });

  it('the threads for passwords, are looked at at each scrape', async () => {
    let load = { running: 1, queued: 5, refused: 2 };
    metrics.watchPasswords(() => load);
    expect((await read()).by('gatehouse_password_jobs', 'state')).toEqual({ running: 1, queued: 5 });
    load = { running: 0, queued: 0, refused: 9 };
    const { by, value } = await read();
    expect([by('gatehouse_password_jobs', 'state'), value('gatehouse_password_refusals_total')]).toEqual([{ running: 0, queued: 0 }, 9]);
  });

  it('the event loop, blocked for 200 ms, was late by about as much, and is measured anew after each scrape', async () => {
    await metrics.read();
    const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    await wait(100);
    const end = performance.now() + 200;
    while (performance.now() < end);
    await wait(50);
    const longest = (await read()).value('gatehouse_event_loop_lag_seconds', { quantile: '1' }) ?? 0;
    expect(longest).toBeGreaterThan(0.15);
    // A busy machine may be late by itself, though not every time.
    let later = longest;
    for (let rounds = 0; rounds < 20 && later >= longest; rounds += 1) {
      await wait(100);
      later = (await read()).value('gatehouse_event_loop_lag_seconds', { quantile: '1' }) ?? longest;
    }
    expect(later).toBeLessThan(longest);
  });

  it('two in one process, do not mix', async () => {
    const other = createMetrics();
    metrics.countAllowed('auth');
    other.close();
    expect([(await read()).value(
      'gatehouse_decisions_total', { reason: 'auth' },
    ), (await read(other)).value('gatehouse_decisions_total', { reason: 'auth' })]).toEqual([1, 0]);
  });
});

describe('durations of answers', () => {
  const name = 'gatehouse_request_duration_seconds_count';
  const urls = async () => (await read()).samples.filter((sample) => sample.name === name).map(
    ({ labels, value }) => `${labels['method'] ?? ''} ${labels['url'] ?? ''} ${labels['status'] ?? ''} ${value}`,
  ).sort();

  it('before the first request for metrics, are not measured, and no listener stays on the answer', async () => {
    const response = answering();
    metrics.timeAnswer(response);
    expect(response.listenerCount('close')).toBe(0);
    expect(await urls()).toEqual([]);
  });

  it('measured, are named by the registered URL and the class of the status', async () => {
    metrics.measure();
    answer();
    answer(endpoint, { statusCode: 204 });
    answer(endpoint, { statusCode: 403 });
    answer(endpoint, { writableFinished: false });
    answer(null, { statusCode: 404 });
    answer(null, { statusCode: 999 });
    const label = endpoint?.label ?? '';
    expect(await urls())
      .toEqual([`${label} 2xx 2`, `${label} 4xx 1`, `${label} aborted 1`, 'any unknown 4xx 1', 'any unknown other 1'].sort());
  });

  it('of more than a thousand URLs, share one line from there on', async () => {
    metrics.measure();
    if (!endpoint) throw new Error('There is an endpoint.');
    for (let at = 0; at < 1_100; at += 1) answer({ ...endpoint, url: `/items/${at}` });
    const lines = await urls();
    expect([lines.length, lines.find((line) => line.includes('other'))]).toEqual([1_001, 'any other 2xx 100']);
  });
});
