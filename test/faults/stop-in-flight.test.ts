import { setTimeout as sleep } from 'node:timers/promises';
import { testDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { createProcesses } from '../support/processes.ts';
import { keepAlive, logIn, nodeSettings, send, sendSlowly, startNode, until } from '../support/nodes.ts';
import type { NodeProcess } from '../support/nodes.ts';

// SIGTERM to a server that is answering: nothing that reached it is dropped.

const processes = createProcesses();
let database: TestDatabase;
beforeAll(async () => { database = await testDatabase(); });
afterAll(async () => {
  await processes.end();
  await database.drop();
});

const question = { checks: [{ action: 'read', resource: 'items/7' }] };
const start = (workers: string, env: Readonly<Record<string, string>> = {}): Promise<NodeProcess> => startNode(processes, { ...nodeSettings(database.uri), WORKERS: workers, ...env }, '--data', processes.folder);
const refuses = (origin: string): Promise<boolean> => send(origin, '/livez').then(() => false, (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED');

/** Some at a time: the local database takes only so many. */
async function inTurns<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const done: T[] = [];
  for (let from = 0; from < tasks.length; from += 20) {
    done.push(...await Promise.all(tasks.slice(from, from + 20).map((task) => task())));
    await sleep(50);
  }
  return done;
}

beforeEach(async () => { await database.connection.dropDatabase(); });

describe('SIGTERM', () => {
  it.each(['1', '2'])('with 200 requests in flight in %s process(es), all are answered, and it ends with 0 within 15 s', async (workers) => {
    const { origin, child, ended } = await start(workers, { STOP_DELAY: '3000' });
    const token = await logIn(origin);
    const kept = keepAlive();
    await Promise.all(Array.from({ length: 11 }, () => send(origin, '/livez', { agent: kept })));
    const held = await inTurns(Array.from({ length: 160 }, () => () => sleep(5).then(() => sendSlowly(origin, '/permissions/check', { token, body: question }))));
    await sleep(500); // the last heads arrive
    const quick = Array.from({ length: 40 }, () => send(origin, '/profile/me', { token }));
    const answered = Promise.allSettled(quick);
    await sleep(50); // these connect
    const began = performance.now();
    child.kill('SIGTERM');

    await until(async () => (await send(origin, '/readyz', { agent: kept })).status === 503);
    const again = await Promise.all(Array.from({ length: 10 }, () => send(origin, '/profile/me', { token, agent: kept })));
    expect(again.map(({ status, headers }) => [status, headers.connection])).toEqual(Array(10).fill([200, 'close']));
    const early = await inTurns(held.slice(0, 80).map((each) => each.finish));
    await until(() => refuses(origin), 250);
    const late = await inTurns(held.slice(80).map((each) => each.finish));
    expect((await answered).filter((each) => each.status === 'rejected')).toEqual([]);
    const all = [...await Promise.all(quick), ...early, ...late];
    expect(all.filter(({ status, headers }) => status === 200 && headers.connection === 'close')).toHaveLength(200);
    expect(await ended).toEqual({ code: 0, signal: null });
    const milliseconds = performance.now() - began;
    expect(milliseconds).toBeLessThan(15_000);
    console.log(`SIGTERM with 200 requests in flight, ${workers} process(es): 200 answered 200, 80 of them after the port was closed; ended after ${milliseconds.toFixed(0)} ms`);
  }, 60_000);

  it.each([['SIGTERM', 'SIGTERM', 143, '1'], ['SIGTERM', 'SIGINT', 130, '1'], ['SIGINT', 'SIGTERM', 143, '2']] as const)(
    '%s and then %s while it waits for somebody, ends it at once with %d, %s process(es)', async (first, second, code, workers) => {
      const { origin, child, ended } = await start(workers, { STOP_DELAY: '0' });
      const held = sendSlowly(origin, '/permissions/check', { token: await logIn(origin), body: question });
      await sleep(300);
      child.kill(first);
      await until(() => refuses(origin));
      const began = performance.now();
      child.kill(second);
      expect(await ended).toEqual({ code, signal: null });
      expect(performance.now() - began).toBeLessThan(1_000);
      await expect(held.finish()).rejects.toThrow();
    }, 60_000,
  );
});
