import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import type { Settings } from '../../../src/settings/load-settings.ts';
import type { Client } from '../../support/client/client.ts';
import { proof } from '../../support/proof.ts';
import { describeWithRedis, startRedis, withRedisContent } from '../../support/redis-server.ts';
import type { RedisContent, TestRedis } from '../../support/redis-server.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

// Two nodes on one database and one Redis, which keep nothing in memory: each request reads the store, or what Redis has of it.

const right = '/admin/load-users';
const changes = proof({ short: 40, ci: 100, full: 200 });

/** Counts the transactions that a node begins, which is how it reads rights when Redis has none. */
function countTransactions(connection: Connection): () => number {
  let count = 0;
  const start = connection.startSession.bind(connection);
  connection.startSession = (options) => {
    count += 1;
    return start(options);
  };
  return () => count;
}

/** The one entry of the holder of a role. Others, such as the superadmin, have entries of their own. */
async function entryOf(content: RedisContent, type: string): Promise<{ readonly key: string; readonly text: string }> {
  const found = [...await content.entries()].filter(([, text]) => text.includes(`"type":"${type}"`));
  const [[key, text] = ['', '']] = found;
  expect(found).toHaveLength(1);
  return { key, text };
}

/** How many ms each piece of work took. */
function createStopwatch() {
  const times: number[] = [];
  return {
    async time<T>(work: Promise<T>): Promise<T> {
      const began = performance.now();
      const result = await work;
      times.push(performance.now() - began);
      return result;
    },
    take() {
      const sorted = times.splice(0).sort((a, b) => a - b);
      return { median: Math.round(sorted[sorted.length >> 1] ?? 0), longest: Math.round(sorted.at(-1) ?? 0) };
    },
  };
}

describeWithRedis('two nodes with Redis', () => {
  let redis: TestRedis;
  let settings: Settings;
  let one: TestGatehouse;
  let other: TestGatehouse;
  let transactions: () => number;
  let skew = 0;
  const clock = (): number => Date.now() + skew;

  const settingsWith = (url: string): Settings => testSettings(
    { REDIS_URL: url, MAX_STALENESS: '0', SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' },
  );

  beforeAll(async () => {
    redis = await startRedis();
    settings = settingsWith(redis.url);
    one = await startGatehouse({ settings, clock });
    other = await startGatehouse({ settings, clock, database: one.database });
    transactions = countTransactions(other.connection);
    await untilShared();
  }, 60_000);
  beforeEach(() => { skew = 0; });

  /** A user with a session at each node, and a role of their own to take and give. */
  async function newReader(): Promise<{ readonly user: TestUser; readonly type: string; readonly here: Client; readonly there: Client; set(
    has: boolean,
  ): Promise<number> }> {
    const type = await one.newRole(right);
    const user = await one.newUser(type);
    const there = await other.anonymous.logIn(user.email, user.password);
    return {
      user, type, there, here: user.client,
      /** Gives or takes the right; answers the status that is due. */
      async set(has) {
        await one.superadmin.put('/roles/update-rights', { type, ...(has ? { add: [right] } : { remove: [right] }) }, 200);
        return has ? 200 : 403;
      },
    };
  }
  const ask = async (client: Client): Promise<number> => (await client.get(right)).status;
  const hits = (): Promise<number> => withRedisContent(redis.url, (content) => content.hits());

  /** Until what one node has read is found by the other. */
  async function untilShared(): Promise<void> {
    const reader = await newReader();
    const end = performance.now() + 20_000;
    const before = await hits();
    for (let has = false; await hits() === before; has = !has) {
      if (performance.now() > end) throw new Error('Nothing was found in Redis for 20 s.');
      await reader.set(has);
      await ask(reader.here);
      await sleep(30);
      await ask(reader.there);
    }
  }

  it('what one node has read, is not read again by the other, and the answer is the same', async () => {
    const reader = await newReader();
    for (const has of [false, true, false, true]) {
      const due = await reader.set(has);
      expect(await ask(reader.here)).toBe(due);
      await sleep(50); // nobody waits until it is kept
      const [before, found] = [transactions(), await hits()];
      expect(await ask(reader.there)).toBe(due);
      expect(transactions() - before).toBe(0);
      expect(await hits() - found).toBe(1);
    }
  });

  it('changes in sequence, count at once in every session on both nodes, though most read what Redis has of the other node', async () => {
    const reader = await newReader();
    const sessions = [reader.here, reader.there, ...await Promise.all(
      [one, other].map(({ anonymous }) => anonymous.logIn(reader.user.email, reader.user.password)),
    )];
    const before = await hits();
    for (let change = 0; change < changes; change += 1) {
      const due = await reader.set(change % 2 === 1);
      const [first, ...rest] = change % 3 === 0 ? [...sessions].reverse() : sessions;
      expect(first && await ask(first)).toBe(due);
      expect(await Promise.all(rest.map(ask))).toEqual(rest.map(() => due));
    }
    const found = await hits() - before;
    console.log(
      `${changes} changes, ${4 * changes} requests, none by the state before; found in Redis: ${found} of ${3 * changes} that could be`,
    );
    expect(found).toBeGreaterThan(changes);
  }, 300_000);

  it('a role for a time, counts from its start to its end at both nodes, whichever has read it', async () => {
    const reader = await newReader();
    await reader.set(true);
    const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    await one.superadmin.post('/roles/assign', {
      userId: reader.user.userId, type: reader.type, mode: 'add', validFrom: inMinutes(1), validUntil: inMinutes(2),
    }, 200);
    for (const [seconds, due] of [[0, 403], [50, 403], [70, 200], [110, 200], [130, 403]] as const) {
      skew = seconds * 1_000;
      expect(await ask(reader.here)).toBe(due);
      await sleep(30);
      expect(await ask(reader.there)).toBe(due);
    }
  });

  it('whose Redis holds nonsense, what somebody else may do, or what was right once, decide as before', async () => {
    const reader = await newReader();
    const old = await withRedisContent(redis.url, async (content) => {
      await content.clear();
      await reader.set(false);
      await reader.set(true);
      await ask(reader.here);
      await sleep(50);
      return (await entryOf(content, reader.type)).text;
    });
    await one.newRole();
    await other.superadmin.get(right, 200);
    await sleep(50);
    const [ofSuperadmin = ''] = await withRedisContent(
      redis.url, async (content) => [...(await content.entries()).values()].filter((text) => text.includes('"isSuperadmin":true')),
    );
    expect(ofSuperadmin).not.toBe('');

    const lies: ((text: string) => string)[] = [
      () => 'nonsense', () => '', () => ofSuperadmin, () => old, (text) => text.replace('"isSuperadmin":false', '"isSuperadmin":true'),
      (text) => text.replace('"rights":[', `"rights":[{"name":"load-users","path":"/admin/","url":"${right}","access":"auth"},`),
      (text) => `${ofSuperadmin.slice(0, 43)}${text.slice(43)}`,
    ];
    for (const lie of lies) {
      const due = await reader.set(false);
      expect(await ask(reader.here)).toBe(due);
      await sleep(50);
      await withRedisContent(redis.url, async (content) => {
        for (const [key, text] of await content.entries()) await content.put(key, lie(text));
      });
      const before = transactions();
      expect(await ask(reader.there)).toBe(due);
      expect(transactions() - before).toBe(1);
      expect([await reader.set(true), await ask(reader.there), await ask(reader.here)]).toEqual([200, 200, 200]);
    }
  }, 60_000);

  it('an entry of the versions before, put in the place of the present one, gives nothing back', async () => {
    const reader = await newReader();
    await withRedisContent(redis.url, async (content) => {
      await content.clear();
      await reader.set(false);
      await reader.set(true);
      await ask(reader.here);
      await sleep(50);
      const before = await entryOf(content, reader.type);
      await content.clear();
      await reader.set(false);
      expect(await ask(reader.here)).toBe(403);
      await sleep(50);
      const present = await entryOf(content, reader.type);
      expect(present.key).not.toBe(before.key);
      await content.put(present.key, before.text);
    });
    expect(await ask(reader.there)).toBe(403);
  });

  it('whose Redis is killed, paused and started again under requests, decide right and wait no longer than a moment', async () => {
    const reader = await newReader();
    const without = await startGatehouse({ settings: { ...settings, redisUrl: null }, clock, database: one.database });
    const beside = await without.anonymous.logIn(reader.user.email, reader.user.password);
    const [watch, besideWatch] = [createStopwatch(), createStopwatch()];
    type Times = ReturnType<typeof watch.take>;
    /** Of the two nodes, and of a third node that has no Redis, at the same time. */
    const figures: Record<string, { readonly own: Times; readonly beside: Times }> = {};

    async function askFor(what: string, milliseconds: number): Promise<void> {
      for (let [has, end] = [false, performance.now() + milliseconds]; performance.now() < end; has = !has) {
        const due = await reader.set(has);
        expect(await besideWatch.time(ask(beside))).toBe(due);
        expect([await watch.time(ask(reader.here)), await watch.time(ask(reader.there)), await watch.time(ask(reader.here))])
          .toEqual([due, due, due]);
      }
      figures[what] = { own: watch.take(), beside: besideWatch.take() };
    }

    await askFor('running', 2_000);
    redis.pause();
    await askFor('paused', 4_000);
    redis.resume();
    await askFor('resumed', 2_000);
    await redis.kill();
    await askFor('gone', 2_000);
    await redis.restart();
    await askFor('back', 2_000);
    console.log(`Requests that read the store, in ms: ${JSON.stringify(figures)}`);
    // One request a second waits 50 ms for a paused Redis; the rest is what a busy machine adds, also to the third node.
    for (const { own, beside: third } of Object.values(figures)) {
      expect(own.median).toBeLessThanOrEqual(2 * third.median + 50);
      expect(own.longest).toBeLessThanOrEqual(2 * third.longest + 500);
    }
    await without.close();
    await untilShared();
  }, 60_000);

  it('of a cluster whose Redis is down at the start, start and serve', async () => {
    const settings = settingsWith('redis://127.0.0.1:1');
    const server = await startGatehouse({ settings });
    try {
      const user = await server.newUser(await server.newRole(right));
      expect(await ask(user.client)).toBe(200);
    } finally {
      await server.close();
    }
  });
});
