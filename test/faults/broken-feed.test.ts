import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNodes, stopNodes } from '../../scripts/bench/revocation/nodes.ts';
import { bound, measureRevocation } from '../../scripts/bench/revocation/run.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';
import type { DatabaseProxy } from '../support/database-proxy.ts';
import { proof } from '../support/proof.ts';
import { readMetrics } from '../platform/metrics/read-metrics.ts';
import type { ReadMetrics } from '../platform/metrics/read-metrics.ts';
import { askHolders, prepareHolders } from './holders.ts';
import { eventually } from '../support/eventually.ts';

// Two nodes in processes of their own; changes are made at one, and the way of the other to its feed of changes is broken.

const changes = proof({ short: 40, ci: 300, full: 1_000 });
/** Of how many holders the changes are, where they are made at once. */
const holderCount = proof({ short: 10, ci: 25, full: 25 });
/** How long a test that makes them all may take, in ms. */
const limit = proof({ short: 300_000, ci: 600_000, full: 1_800_000 });
const metricsToken = 'a-token-of-32-characters-or-more';

async function withNodes(name: string, work: (origins: readonly string[], proxy: DatabaseProxy) => Promise<void>): Promise<void> {
  const { uri, drop } = await createDatabase('fast', { name });
  const proxy = await startDatabaseProxy(uri);
  try {
    const nodes = await startNodes([uri, proxy.uri], { METRICS_TOKEN: metricsToken });
    try {
      await work(nodes.map(({ ready }) => ready.origin), proxy);
    } finally {
      await stopNodes(nodes);
    }
  } finally {
    await proxy.end();
    await drop();
  }
}

async function scrape(origin: string): Promise<ReadMetrics> {
  const response = await fetch(`${origin}/metrics`, { headers: { Authorization: `Bearer ${metricsToken}` } });
  return readMetrics(await response.text());
}

const isFresh = async (origin: string) => (await scrape(origin)).value('gatehouse_feed_mode', { mode: 'fresh' }) === 1;
/** How often the node did not find in memory whom a token is for. */
const countMisses = async (origin: string) => (await scrape(origin)).value(
  'gatehouse_cache_lookups_total', { cache: 'session', result: 'miss' },
) ?? 0;

describe('a node whose feed of changes', () => {
  it('is broken again and again, resumes it and misses no change', () => withNodes('broken_feed', async (origins, proxy) => {
    const breaks = setInterval(proxy.breakFeed, randomInt(200, 400));
    const figures = await measureRevocation({ origins, changes }).finally(() => clearInterval(breaks));
    const { judged, unavailable, p50, p99, longest, oldAtOwnNode, oldAfterBound } = figures;
    console.log([
      `the feed of one of 2 nodes broken ${proxy.feed.broken} times and resumed ${proxy.feed.resumed} times: ${changes} `
        + `changes, ${judged} requests judged, ${unavailable} answered 503`,
      `last decision by the state before, at the other node: p50 ${p50} ms, p99 ${p99} ms, longest ${longest} ms`,
      `by the state before at the node that acknowledged: ${oldAtOwnNode}; later than 2 s: ${oldAfterBound}`,
    ].join('; '));
    expect(figures).toMatchObject({ oldAtOwnNode: 0, oldAfterBound: 0 });
    expect(proxy.feed.resumed).toBeGreaterThan(5);
  }), limit);

  it('breaks, keeps its memory if resumed, drops it if lost', () => withNodes('lost_history', async ([first = '', second = ''], proxy) => {
    const { all: [holder] } = await prepareHolders(first, 1);
    const missesOfOne = async () => {
      const before = await countMisses(second);
      expect(await holder?.isLetIn(second)).toBe(true);
      return await countMisses(second) - before;
    };
    async function breakUntil(isSeen: () => boolean): Promise<void> {
      const { broken } = proxy.feed;
      await eventually(() => { if (proxy.feed.broken === broken) proxy.breakFeed(); return isSeen(); }, { pause: 1 });
      await eventually(() => isFresh(second));
    }
    await eventually(() => isFresh(second));
    expect([await missesOfOne(), await missesOfOne()]).toEqual([1, 0]);
    await breakUntil(() => proxy.feed.resumed > 0);
    expect([proxy.feed.begun, await missesOfOne()]).toEqual([1, 0]);
    proxy.loseHistory();
    await breakUntil(() => proxy.feed.begun > 1);
    expect([proxy.feed.lost, await missesOfOne(), await missesOfOne()]).toEqual([1, 1, 0]);
  }), 300_000);

  it('goes silent unclosed, is replaced within 25 s', () => withNodes('silent_feed', async ([first = '', second = ''], proxy) => {
    const holders = await prepareHolders(first, 5);
    const questions = askHolders(second, holders.all);
    await eventually(() => isFresh(second));
    await questions.untilKnown();
    const { begun } = proxy.feed;
    proxy.silenceFeed();
    const silentAt = performance.now();
    const asking = questions.askOn();
    await eventually(async () => !await isFresh(second));
    await holders.turn(0);
    await questions.untilKnown();
    await eventually(() => isFresh(second));
    const took = performance.now() - silentAt;
    await holders.turn(1);
    await questions.untilKnown();
    await asking.end();
    const { judged, oldAfterBound } = questions.counts;
    console.log(`a feed that fell silent was followed anew after ${(took / 1_000).toFixed(
      1,
    )} s; ${judged} requests judged, by the state before later than 2 s: ${oldAfterBound}`);
    expect(proxy.feed.begun).toBeGreaterThan(begun);
    expect(took).toBeLessThan(25_000);
    expect(oldAfterBound).toBe(0);
  }), 300_000);

  it('loses its history, or is away for long, misses no change', () => withNodes('feed_away', async ([first = '', second = ''], proxy) => {
    const holders = await prepareHolders(first, holderCount);
    const questions = askHolders(second, holders.all);
    const back: number[] = [];
    for (let round = 0; round < changes / holders.all.length; round += 1) {
      // Of the four turns a round each is made while the node is away for a moment, and while it is away for so long that it gives up.
      const isLong = (round + Math.floor(round / 4)) % 2 === 1;
      await eventually(() => isFresh(second));
      await questions.untilKnown(); // all stand in memory now
      if (!isLong) proxy.loseHistory();
      proxy.close();
      const asking = questions.askOn();
      await holders.turn(round);
      if (isLong) await sleep(bound + 500); // and nothing that is remembered counts any more
      proxy.open();
      const opened = performance.now();
      await questions.untilKnown();
      back.push(performance.now() - opened);
      await eventually(() => isFresh(second));
      await questions.untilKnown();
      await asking.end();
    }
    const { judged, unavailable, oldWithinBound, oldAfterBound } = questions.counts;
    console.log([
      `a node whose feed was away for ${back.length} rounds of ${holders.all.length} changes, and told ${proxy.feed.lost} `
        + `times that its history is lost: ${judged} requests judged, ${unavailable} answered 503`,
      `by the state before within 2 s: ${oldWithinBound}, later: ${oldAfterBound}`,
      `all decided by the new state at most ${Math.max(...back).toFixed(0)} ms after the way was open again`,
    ].join('; '));
    expect(oldAfterBound).toBe(0);
    expect(proxy.feed.lost).toBeGreaterThan(0);
  }), limit);
});
