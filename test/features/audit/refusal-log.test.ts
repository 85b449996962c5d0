import { createAuditModel } from '../../../src/features/audit/audit.model.ts';
import { createAuditStore } from '../../../src/features/audit/audit.store.ts';
import { createRefusalLog } from '../../../src/features/audit/refusal-log.ts';
import type { RefusalLogDeps } from '../../../src/features/audit/refusal-log.ts';
import type { Refusal, RefusalLog } from '../../../src/features/audit/refusal.types.ts';
import { sourceOf } from '../../../src/http/request/client-ip.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../support/gatehouse/database.ts';

const start = Date.UTC(2026, 10, 22, 10);
const refusal: Refusal = {
  tenantId: 'default', action: 'request', code: 'token-missing', userId: null, sessionId: null, ip: '192.0.2.1',
  userAgent: 'curl', requestId: 'r1', method: 'GET', url: '/audit/load',
};

describe('the refusal log', () => {
  let database: TestDatabase;
  let model: ReturnType<typeof createAuditModel>;
  let now: number;
  let log: RefusalLog;
  const faults: unknown[] = [];
  beforeAll(async () => {
    database = await createDatabase();
    model = createAuditModel(database.connection);
  });
  beforeEach(() => {
    now = start;
    log = create();
  });
  afterEach(async () => {
    await log.close();
    await model.deleteMany({ tenantId: 'default' });
    await model.deleteMany({ tenantId: 'other' });
    expect(faults.splice(0)).toEqual([]);
  });
  // The interval is out of the way: only flush() and close() write.
  function create(options: Partial<RefusalLogDeps> = {}): RefusalLog {
    return createRefusalLog({ store: createAuditStore(model), auditDays: 400, clock: () => now, ensureLocated: () => undefined, onError: (
      error,
    ) => void faults.push(error), interval: 2_000_000, ...options });
  }
  const stored = (tenantId = 'default') => model.find({ tenantId }).sort({ _id: 1 }).lean();
  const counts = async () => (await stored()).map(({ count }) => count);
  function note(changes: Partial<Refusal> = {}, times = 1): void {
    for (let time = 0; time < times; time += 1) log.note({ ...refusal, ...changes });
  }

  it('one refusal, flushed, a record of all it was', async () => {
    note();
    await log.flush();
    expect(await stored()).toEqual([{
      ...refusal, _id: expect.any(String) as unknown, result: 'refused', count: 1,
      at: new Date(start), lastAt: new Date(start), expiresAt: new Date(start + 400 * 86_400_000),
    }]);
  });

  it('the same source within a minute, one record with first facts, last time and count', async () => {
    note({ requestId: 'first' });
    now += 59_999;
    note({ requestId: 'later', url: '/elsewhere' }, 4);
    await log.flush();
    expect(await stored())
      .toMatchObject([{ requestId: 'first', url: '/audit/load', count: 5, at: new Date(start), lastAt: new Date(now) }]);
  });

  it('the same source, flushed in between, the one record is counted up', async () => {
    for (const expected of [2, 4, 6]) {
      note({}, 2);
      await log.flush();
      expect(await counts()).toEqual([expected]);
    }
  });

  it('the same source, a minute later, a record of its own, flushed or not in between', async () => {
    note({}, 3);
    now += 60_000;
    note({}, 2);
    await log.flush();
    now += 60_000;
    note();
    await log.flush();
    expect(await counts()).toEqual([3, 2, 1]);
  });

  it.each<[string, Partial<Refusal>]>([
    ['address', { ip: '192.0.2.2' }], ['code', { code: 'right-missing' }], ['action', { action: 'session.login' }],
    ['user', { userId: 'u1' }],
  ])('another %s, counted apart', async (_what, other) => {
    note({}, 2);
    note(other);
    await log.flush();
    expect(await counts()).toEqual([2, 1]);
  });

  it('another tenant, counted apart and stored with its own', async () => {
    note();
    note({ tenantId: 'other' });
    await log.flush();
    expect([await counts(), (await stored('other')).length]).toEqual([[1], 1]);
  });

  it('IPv6 addresses of one /64, however written, one record; of another /64, another', async () => {
    for (const ip of ['2001:db8:0:1::1', '2001:DB8:0:1:ffff:ffff:ffff:ffff', '2001:0db8::1:0:0:0:5', '2001:db8:0:1::']) note({ ip });
    note({ ip: '2001:db8:0:2::1' });
    await log.flush();
    expect(await counts()).toEqual([4, 1]);
  });

  it('sources over the limit, counted together without naming one, per tenant', async () => {
    log = create({ maxCounters: 5 });
    for (let host = 1; host <= 12; host += 1) note({ ip: `192.0.2.${host}`, userId: `u${host}` });
    note({ ip: '192.0.2.1', userId: 'u1' });
    await log.close();
    expect(await counts()).toEqual([2, 1, 1, 1, 1, 7]);
    expect((await stored()).at(-1)).toMatchObject({ ip: null, userId: null, sessionId: null, userAgent: null, requestId: null, url: '' });
  });

  it('sources over the limit, a minute after all were written, room for new ones', async () => {
    log = create({ maxCounters: 2 });
    for (const host of [1, 2, 3]) note({ ip: `192.0.2.${host}` });
    await log.flush();
    now += 60_000;
    await log.flush();
    for (const host of [4, 5]) note({ ip: `192.0.2.${host}` });
    await log.close();
    expect((await stored()).map(({ ip }) => ip)).toEqual(['192.0.2.1', '192.0.2.2', null, '192.0.2.4', '192.0.2.5']);
  });

  it('text of the caller, very long, is cut', async () => {
    note({ url: `/${'a'.repeat(5_000)}`, userAgent: 'b'.repeat(5_000) });
    await log.flush();
    const [record] = await stored();
    expect([record?.url?.length, record?.userAgent?.length]).toEqual([512, 256]);
  });

  it('close, refusals not yet written, writes them', async () => {
    note({}, 3);
    await log.close();
    expect(await counts()).toEqual([3]);
  });

  it('nothing noted since the last time, nothing is written', async () => {
    note();
    await log.flush();
    const [before] = await stored();
    await model.deleteMany({ tenantId: 'default' });
    await log.flush();
    expect([before?.count, await counts()]).toEqual([1, []]);
  });

  it('by itself, after its interval, writes', async () => {
    log = create({ interval: 20 });
    note();
    for (let wait = 0; wait < 100 && (await counts()).length === 0; wait += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await counts()).toEqual([1]);
  });
});

describe('sourceOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'], [null, 'unknown'], ['', ''],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:db8::1', '2001:db8:0:0::/64'], ['::1', '0:0:0:0::/64'], ['::', '0:0:0:0::/64'],
    ['2001:DB8:00a0::', '2001:db8:a0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('an address, %s, counted as %s', (ip, source) => {
    expect(sourceOf(ip)).toBe(source);
  });

  it('IPv4 addresses, as a socket of IPv6 tells them, are counted one by one', () => {
    expect(sourceOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(sourceOf('::FFFF:192.0.2.2')).toBe('192.0.2.2');
  });
});
