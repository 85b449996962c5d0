import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { createRedisStore } from '../../../src/platform/cache/redis.store.ts';
import type { RedisStore } from '../../../src/platform/cache/redis.store.ts';
import { describeWithRedis, startRedis } from '../../support/redis-server.ts';
import type { TestRedis } from '../../support/redis-server.ts';
import { freePort } from '../../support/free-port.ts';

/** What one answer may take at most, in ms: 50, and what a busy machine adds. */
const soon = 1_000;

const opened: RedisStore[] = [];
afterEach(async () => { for (const store of opened.splice(0)) await store.close(); });

async function open(url: string) {
  const lines: string[] = [];
  const write = (...line: unknown[]): void => void lines.push(JSON.stringify(line));
  const store = createRedisStore({ url, log: { warn: write, info: write } });
  opened.push(store);
  await store.open();
  return { store, lines };
}

/** Puts a text there until it is taken. */
async function untilKept(store: RedisStore, key = 'key'): Promise<void> {
  const end = performance.now() + 10_000;
  while (await store.get(key) !== 'text') {
    if (performance.now() > end) throw new Error('Redis did not answer in 10 s.');
    await store.set(key, 'text', 60_000);
    await sleep(10);
  }
}

async function timed<T>(work: Promise<T>): Promise<{ readonly answer: T; readonly took: number }> {
  const began = performance.now();
  return { answer: await work, took: performance.now() - began };
}

describeWithRedis('a store on Redis', () => {
  let redis: TestRedis;
  beforeEach(async () => { redis = await startRedis(); });
  it('keeps a text for its time, and logs nothing', async () => {
    const { store, lines } = await open(redis.url);
    await untilKept(store);
    await store.set('short', 'text', 1_000);
    expect(await store.get('short')).toBe('text');
    await sleep(1_050);
    expect(await store.get('short')).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('whose server is paused, answers nothing in 50 ms once a second and else at once, logs that once, and comes back', async () => {
    const { store, lines } = await open(redis.url);
    await untilKept(store);
    redis.pause();
    const first = await timed(Promise.all([store.get('key'), store.get('key'), store.set('other', 'text', 1_000)]));
    expect(first.answer).toEqual([undefined, undefined, undefined]);
    expect(first.took).toBeGreaterThan(45);
    expect(first.took).toBeLessThan(soon);
    let waits = 0;
    const end = performance.now() + 3_000;
    while (performance.now() < end) {
      const { answer, took } = await timed(store.get('key'));
      expect(answer).toBeUndefined();
      expect(took).toBeLessThan(soon);
      if (took > 45) waits += 1;
      await sleep(10);
    }
    expect(waits).toBeGreaterThan(0);
    expect(waits).toBeLessThanOrEqual(5);
    expect(lines.map((line) => line.includes('does not answer'))).toEqual([true]);
    redis.resume();
    await untilKept(store);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('answers again');
  }, 20_000);

  it('whose server is killed, answers nothing at once, and comes back with it', async () => {
    const { store, lines } = await open(redis.url);
    await untilKept(store);
    await redis.kill();
    for (let time = 0; time < 20; time += 1) expect(await timed(store.get('key'))).toMatchObject({ answer: undefined });
    await redis.restart();
    expect(await store.get('key')).toBeUndefined();
    await untilKept(store);
    expect(lines).toHaveLength(2);
  }, 20_000);

  it('whose server holds something else than a text, answers nothing', async () => {
    const { store } = await open(redis.url);
    await untilKept(store);
    const client = createClient({ url: redis.url, RESP: 2 });
    await client.connect();
    await client.sAdd('list', 'text');
    client.destroy();
    expect(await store.get('list')).toBeUndefined();
    await untilKept(store);
  }, 20_000);

  it('whose server refuses the password, answers nothing and does not log it', async () => {
    const { store, lines } = await open(redis.url.replace('//', '//:hidden@'));
    const end = performance.now() + 5_000;
    while (lines.length === 0 && performance.now() < end) await sleep(10);
    expect(await store.get('key')).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('hidden');
  });

  it('closed, answers nothing', async () => {
    const { store } = await open(redis.url);
    await untilKept(store);
    await store.close();
    expect(await store.get('key')).toBeUndefined();
  });
});

describe('a store on no Redis', () => {
  it('answers nothing at once, and logs that once', async () => {
    const { store, lines } = await open(`redis://me:hidden@127.0.0.1:${await freePort()}`);
    for (let time = 0; time < 3; time += 1) {
      expect((await timed(store.get('key'))).took).toBeLessThan(soon);
      await sleep(700);
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('ECONNREFUSED');
    expect(lines[0]).not.toContain('hidden');
  });

  it.each([
    ['talks nonsense', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['answers what nobody asked', '+OK\r\n'.repeat(50)],
    ['begins an answer without end', `$400000000\r\n${'x'.repeat(100_000)}`],
    ['answers with lists in lists', `${'*1\r\n'.repeat(20_000)}:1\r\n`],
  ])('but a server that %s, answers nothing', async (_what, answer) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => void socket.write(answer));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { store } = await open(`redis://127.0.0.1:${(server.address() as AddressInfo).port}/1`); // what a server on a port has
    const end = performance.now() + 2_500;
    while (performance.now() < end) {
      const { answer: text, took } = await timed(store.get('key'));
      expect(text === undefined || text === 'OK').toBe(true);
      expect(took).toBeLessThan(soon);
      await sleep(20);
    }
    await opened.pop()?.close();
    await new Promise((resolve) => server.close(resolve));
  }, 20_000);
});
