import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import type { AppError } from '../../src/errors/errors.ts';
import { findKnownFailure } from '../../src/http/response/known-failures.ts';
import { connect } from '../../src/platform/database/connect.ts';
import { createDatabaseWatchdog } from '../../src/platform/database/watchdog.ts';

/** As much of a connection as a watchdog needs; each ping is answered as the test says. */
function connectionWith(ping: () => Promise<unknown>): Connection {
  return { db: { admin: () => ({ ping }) } } as unknown as Connection; // nothing else of it is used
}

/** ms */
const silence = 1_700;
const never = new Promise<never>(() => undefined);
const answered = () => Promise.resolve({ ok: 1 });

describe('createDatabaseWatchdog', () => {
  it('slow work while pings are answered, is waited for and keeps its result or its error', async () => {
    let pings = 0;
    const { watched } = createDatabaseWatchdog(connectionWith(() => { pings += 1; return answered(); }), silence);
    expect(await watched(sleep(700, 'done'))).toBe('done');
    await expect(watched(sleep(300).then(() => { throw new Error('its own'); }))).rejects.toThrow('its own');
    expect(pings).toBeGreaterThan(4);
  });

  it('a connection reset under the work, database-unreachable; the like of a host\'s own, as it is', async () => {
    const { watched } = createDatabaseWatchdog(connectionWith(answered), silence);
    const reset = Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET', syscall: 'write' });
    await expect(watched(Promise.reject(reset))).rejects.toMatchObject({ code: 'database-unreachable', cause: reset });
    expect(findKnownFailure(reset)).toBeUndefined();
  });

  it('quick work, asks nothing of the database', async () => {
    let pings = 0;
    const { watched } = createDatabaseWatchdog(connectionWith(() => { pings += 1; return answered(); }), silence);
    await Promise.all(Array.from({ length: 100 }, () => watched(sleep(10))));
    await sleep(200);
    expect(pings).toBe(0);
  });

  it('work and pings without an answer, one ping for all who wait and database-unreachable within 2 s', async () => {
    let pings = 0;
    const { watched, check } = createDatabaseWatchdog(connectionWith(() => { pings += 1; return never; }), silence);
    const began = performance.now();
    const all = await Promise.allSettled([watched(never), watched(never), check()]);
    expect(performance.now() - began).toBeLessThan(2_200);
    expect(all.map((one) => one.status === 'rejected' && (one.reason as AppError).code)).toEqual(Array(3).fill('database-unreachable'));
    expect(pings).toBe(1);
  });

  it('pings that fail for a while, as when a pool is in full use, is no silence', async () => {
    const began = performance.now();
    const ping = () => performance.now() - began < 1_000 ? Promise.reject(new Error('no connection free')) : answered();
    const { watched } = createDatabaseWatchdog(connectionWith(ping), silence);
    expect(await watched(sleep(1_400, 'done'))).toBe('done');
  });

  it('a connection that was never opened, database-unreachable', async () => {
    await expect(
      createDatabaseWatchdog({} as Connection, silence).check(),
    ).rejects.toMatchObject({ code: 'database-unreachable' }); // db is what an unopened one lacks
  });
});

describe('connect', () => {
  it.each(['mongodb://127.0.0.1:99999/x', 'mongodb://', 'http://127.0.0.1/x'])('%s, is no address, refused with what is wrong', async (
    uri,
  ) => {
    await expect(connect(uri)).rejects.toMatchObject({ name: 'StartError', message: expect.stringContaining('MONGODB_URI') as string });
  });
});

describe('findKnownFailure', () => {
  it('the driver writes to a connection that the server has just closed, database-unreachable', () => {
    const raw = Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' });
    expect(findKnownFailure(raw)?.code).toBe('database-unreachable');
  });
});
