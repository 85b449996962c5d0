import type { AuditRecord } from '../../../src/features/audit/audit.model.ts';
import { createRefusalLog } from '../../../src/features/audit/refusal-log.ts';

/** A store that keeps what is upserted, or refuses everything. */
function fakeStore() {
  const records = new Map<string, number>();
  const store = {
    isDown: false,
    writes: 0,
    writeCounts(written: readonly AuditRecord[]) {
      if (store.isDown) return Promise.reject(new Error('down'));
      store.writes += written.length;
      for (const { _id, count } of written) records.set(_id, count);
      return Promise.resolve();
    },
  };
  return { store, records };
}

const total = (records: ReadonlyMap<string, number>) => [...records.values()].reduce((sum, count) => sum + count, 0);

describe('the refusal log under a flood', () => {
  let now = Date.UTC(2026, 10, 22, 10);
  const { store, records } = fakeStore();
  const errors: unknown[] = [];
  const open = () => createRefusalLog({ store, auditDays: 400, clock: () => now, ensureLocated: () => undefined, onError: (
    error,
  ) => void errors.push(error), interval: 2_000_000 });
  const address = (host: number) => `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`;
  const noteFrom = (log: ReturnType<typeof open>, host: number) => log.note({
    tenantId: 'default', action: 'request', code: 'unknown-url', userId: null, sessionId: null, ip: address(host),
    userAgent: null, requestId: null, method: 'GET', url: '/',
  });
  beforeEach(() => {
    records.clear();
    Object.assign(store, { isDown: false, writes: 0 });
    errors.length = 0;
    now += 3_600_000;
  });

  it('50,000 sources within a minute, at most 10,000 counters and one for the rest, none uncounted', async () => {
    const log = open();
    for (let host = 0; host < 50_000; host += 1) noteFrom(log, host);
    await log.close();
    expect([records.size, total(records), Math.max(...records.values())]).toEqual([10_001, 50_000, 40_000]);
  });

  it('20,000 sources every minute for ten minutes while the store is down, memory stays bounded and none is uncounted', async () => {
    const log = open();
    store.isDown = true;
    for (let minute = 0; minute < 10; minute += 1) {
      for (let host = 0; host < 20_000; host += 1) noteFrom(log, host);
      await log.flush();
      now += 60_000;
    }
    expect(errors).toHaveLength(10);
    store.isDown = false;
    await log.close();
    expect(total(records)).toBe(200_000);
    expect(records.size).toBeLessThanOrEqual(10_002);
  });

  it('refusals noted while a batch is being written, counted with the next one', async () => {
    const log = open();
    noteFrom(log, 1);
    const writing = log.flush();
    noteFrom(log, 1);
    await writing;
    noteFrom(log, 1);
    await log.close();
    expect([...records.values()]).toEqual([3]);
  });

  it('a batch that failed, written again with the next flush', async () => {
    const log = open();
    store.isDown = true;
    noteFrom(log, 1);
    await log.flush();
    store.isDown = false;
    await log.flush();
    expect([errors.length, total(records)]).toEqual([1, 1]);
    await log.close();
  });
});
