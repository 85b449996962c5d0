import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { keepAlive, logIn, send, untilTaken } from '../support/nodes.ts';
import type { NodeProcess } from '../support/nodes.ts';

// SIGTERM to a server that is answering: nothing that reached it is dropped. Each step waits for the one before to be over, not
// for a time, so that it does not matter how busy the machine is. What remains are the server's own limits.

const gatehouse = await startGatehouse({ processes: 0 });
const question = { checks: [{ action: 'read', resource: 'items/7' }] };
const start = (workers: string, env: Readonly<Record<string, string>> = {}): Promise<NodeProcess> => (
  gatehouse.start({ WORKERS: workers, ...env })
);
/** A connection that is made just as the port closes may be taken and never answered: it is not waited for. */
const refuses = (origin: string): Promise<boolean> => Promise.race([
  send(origin, '/livez').then(() => false, (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'),
  sleep(500, false),
]);

/** Some at a time: the local database takes only so many. */
async function inTurns<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const done: T[] = [];
  for (let from = 0; from < tasks.length; from += 20) done.push(...await Promise.all(tasks.slice(from, from + 20).map((task) => task())));
  return done;
}

/**
 * Waits until this many requests are served at once: the server then has as many connections to the database, and no request waits for a
 * new one.
 */
async function untilServed(count: number, origin: string, token: string): Promise<void> {
  await eventually(async () => {
    const served = await Promise.all(Array.from({ length: count }, () => send(origin, '/profile/me', { token })));
    return served.every(({ status }) => status === 200);
  });
}

beforeEach(async () => { await gatehouse.database.connection.dropDatabase(); });

/** Of 200 requests in flight: those of which a part of the body is missing, and those that have just connected. */
const [heldCount, quickCount] = [180, 20];
/** Of the first, those that are finished once the port is closed. */
const lateCount = 80;

describe('SIGTERM', () => {
  it.each(['1', '2'])('with 200 requests in flight in %s process(es), all are answered and it ends with 0 within 15 s', async (workers) => {
    const { origin, child, ended } = await start(workers, { STOP_DELAY: '4000' });
    const token = await logIn(origin);
    await untilServed(40 * Number(workers), origin, token);
    const kept = keepAlive();
    await Promise.all(Array.from({ length: 11 }, () => send(origin, '/livez', { agent: kept })));
    const hold = () => untilTaken(origin, '/permissions/check', { token, body: question });
    const held = await inTurns(Array.from({ length: heldCount }, () => hold));
    const quick = Array.from({ length: quickCount }, () => send(origin, '/profile/me', { token }));
    const answered = Promise.allSettled(quick);
    await sleep(20); // in the first turn of the event loop these connect
    const began = performance.now();
    child.kill('SIGTERM');

    await eventually(async () => (await send(origin, '/readyz', { agent: kept })).status === 503);
    const again = await Promise.all(Array.from({ length: 10 }, () => send(origin, '/profile/me', { token, agent: kept })));
    expect(again.map(({ status, headers }) => [status, headers.connection])).toEqual(Array(10).fill([200, 'close']));
    expect((await answered).filter((each) => each.status === 'rejected')).toEqual([]);
    const early = await inTurns(held.slice(lateCount).map((each) => each.finish));
    await eventually(() => refuses(origin), { pause: 250 });
    const late = await inTurns(held.slice(0, lateCount).map((each) => each.finish));
    const all = [...await Promise.all(quick), ...early, ...late];
    expect(all.filter(({ status, headers }) => status === 200 && headers.connection === 'close')).toHaveLength(200);
    expect(await ended).toEqual({ code: 0, signal: null });
    const milliseconds = performance.now() - began;
    expect(milliseconds).toBeLessThan(15_000);
    console.log([
      `SIGTERM with 200 requests in flight, ${workers} process(es): 200 answered 200, ${lateCount} of them after the port was closed`,
      `ended after ${milliseconds.toFixed(0)} ms`,
    ].join('; '));
  }, 240_000);

  it.each([['SIGTERM', 'SIGTERM', 143, '1'], ['SIGTERM', 'SIGINT', 130, '1'], ['SIGINT', 'SIGTERM', 143, '2']] as const)(
    '%s and then %s while it waits for somebody, ends it at once with %d, %s process(es)', async (first, second, code, workers) => {
      const { origin, child, ended } = await start(workers, { STOP_DELAY: '0' });
      const held = await untilTaken(origin, '/permissions/check', { token: await logIn(origin), body: question });
      child.kill(first);
      await eventually(() => refuses(origin));
      const began = performance.now();
      child.kill(second);
      expect(await ended).toEqual({ code, signal: null });
      // Without the second signal it would wait 14 s for the request, and end with 0.
      expect(performance.now() - began).toBeLessThan(1_000);
      await expect(held.finish()).rejects.toThrow();
    }, 180_000,
  );
});
