import { createCheckRates } from '../../../src/platform/limits/tenant-rate.ts';

function start() {
  const time = { now: 0 };
  const rates = createCheckRates(() => time.now);
  /** How many of so many requests at this moment are let through. */
  const admitted = (count: number, perSecond: number | undefined, tenantId = 't') => Array.from({ length: count }).filter(() => {
    try {
      rates.admit(tenantId, perSecond);
      return true;
    } catch {
      return false;
    }
  }).length;
  return { time, rates, admitted };
}

describe('decisions of a tenant', () => {
  it('more than there are in a second, are refused until time has passed', () => {
    const { time, admitted } = start();
    expect(admitted(15, 10)).toBe(10);
    time.now += 500;
    expect(admitted(15, 10)).toBe(5);
    time.now += 60_000;
    expect(admitted(15, 10)).toBe(10);
  });

  it('refused, says what the limit is and how long to wait', () => {
    const { rates, admitted } = start();
    admitted(10, 10);
    rates.spend('t', 20);
    let refused: unknown;
    try {
      rates.admit('t', 10);
    } catch (error) {
      refused = error;
    }
    expect(refused)
      .toMatchObject({ code: 'too-many-requests', extras: { limit: { policy: 'checks', quota: 10, windowSeconds: 1, waitSeconds: 3 } } });
  });

  it('one large call, is let through and paid for by those after it', () => {
    const { time, rates, admitted } = start();
    expect(admitted(1, 10)).toBe(1);
    rates.spend('t', 99);
    time.now += 9_000;
    expect(admitted(1, 10)).toBe(0);
    time.now += 100;
    expect(admitted(5, 10)).toBe(1);
  });

  it('of one tenant, are not those of another', () => {
    const { admitted } = start();
    admitted(10, 10, 'one');
    expect([admitted(5, 10, 'one'), admitted(5, 10, 'other')]).toEqual([0, 5]);
  });

  it('without a limit, or with one taken away, are not counted', () => {
    const { rates, admitted } = start();
    expect(admitted(10, 2)).toBe(2);
    expect(admitted(1_000, undefined)).toBe(1_000);
    rates.spend('t', 1_000_000);
    expect(admitted(10, 2)).toBe(2);
  });
});
