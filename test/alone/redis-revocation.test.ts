import { setTimeout as sleep } from 'node:timers/promises';
import { startNodes, stopNodes } from '../../scripts/bench/revocation/nodes.ts';
import { measureRevocation } from '../../scripts/bench/revocation/run.ts';
import { startBreakableWay } from '../support/breakable-way.ts';
import type { BreakableWay } from '../support/breakable-way.ts';
import { changeCount, createDatabase } from '../support/gatehouse/database.ts';
import { describeWithRedis, startRedis, withRedisContent } from '../support/redis-server.ts';
import type { TestRedis } from '../support/redis-server.ts';

// As revocation.test.ts, with nodes that share a Redis: what it holds, or fails to hold, makes no change late.

interface Disturbance {
  readonly disturb?: (hands: { readonly redis: TestRedis; readonly way: BreakableWay; readonly isOver: () => boolean }) => Promise<void>;
  /** Which node has a way of its own to Redis, counted from 0: the first is the one that changes things. */
  readonly apart?: number;
}

/** Runs two nodes with Redis, and meanwhile what happens to it. */
async function measure(what: string, full: number, { disturb = () => Promise.resolve(), apart }: Disturbance = {}) {
  const database = await createDatabase('fast', { name: 'redis_revocation' });
  const changes = changeCount(database, full, 20);
  const redis = await startRedis();
  const way = await startBreakableWay(Number(new URL(redis.url).port));
  const nodes = await startNodes(
    [database.uri, database.uri], {}, [0, 1].map((node) => ({ REDIS_URL: node === apart ? `redis://127.0.0.1:${way.port}` : redis.url })),
  );
  let isOver = false;
  try {
    const disturbed = disturb({ redis, way, isOver: () => isOver });
    const figures = await measureRevocation({ origins: nodes.map(({ ready }) => ready.origin), changes }).finally(() => { isOver = true; });
    await disturbed;
    const { judged, unavailable, p50, p99, longest, oldAtOwnNode, oldAfterBound } = figures;
    const hits = await withRedisContent(redis.url, (content) => content.hits());
    console.log([
      `2 nodes, Redis ${what}: ${changes} changes, ${judged} requests judged, ${unavailable} answered 503, ${hits} found in `
        + `Redis since it last started`,
      `last decision by the state before, at the other node: p50 ${p50} ms, p99 ${p99} ms, longest ${longest} ms`,
      `by the state before at the node that acknowledged: ${oldAtOwnNode}; later than 2 s: ${oldAfterBound}`,
    ].join('; '));
    return { ...figures, hits };
  } finally {
    await stopNodes(nodes);
    await way.end();
    await redis.end();
    await database.drop();
  }
}

describeWithRedis('a change that was acknowledged, with Redis', () => {
  it('counts at once where it was made, within 100 ms elsewhere, and never later than 2 s', async () => {
    const figures = await measure('running', 1_000);
    expect(figures).toMatchObject({ oldAtOwnNode: 0, oldAfterBound: 0, unavailable: 0 });
    expect(figures.p99).toBeLessThanOrEqual(100);
  }, 1_200_000);

  it('does so while Redis is killed and started, paused and resumed, over and over', async () => {
    const figures = await measure('killed and paused', 1_000, {
      async disturb({ redis, isOver }) {
        while (!isOver()) {
          await sleep(700);
          redis.pause();
          await sleep(700);
          redis.resume();
          await sleep(1_300);
          await redis.kill();
          await sleep(300);
          await redis.restart();
        }
      },
    });
    expect(figures).toMatchObject({ oldAtOwnNode: 0, oldAfterBound: 0, unavailable: 0 });
    expect(figures.p99).toBeLessThanOrEqual(200);
  }, 1_200_000);

  it('does so while Redis is late with every second answer', async () => {
    const figures = await measure('late', 1_000, {
      async disturb({ redis, isOver }) {
        while (!isOver()) {
          redis.pause();
          await sleep(60);
          redis.resume();
          await sleep(60);
        }
      },
    });
    expect(figures).toMatchObject({ oldAtOwnNode: 0, oldAfterBound: 0, unavailable: 0 });
    expect(figures.p99).toBeLessThanOrEqual(200);
  }, 1_200_000);

  it.each([
    { whose: 'the node that changes things', apart: 0 },
    { whose: 'the other node', apart: 1 },
  ])('does so while $whose alone is cut off from Redis and joined to it again, over and over', async ({ whose, apart }) => {
    const figures = await measure(`cut off from ${whose}`, 1_000, {
      apart,
      async disturb({ way, isOver }) {
        while (!isOver()) {
          await sleep(1_300); // a node that found Redis silent leaves it alone for a second
          way.cut();
          await sleep(700);
          way.heal();
        }
      },
    });
    expect(figures).toMatchObject({ oldAtOwnNode: 0, oldAfterBound: 0, unavailable: 0 });
    expect(figures.p99).toBeLessThanOrEqual(200);
  }, 1_200_000);
});
