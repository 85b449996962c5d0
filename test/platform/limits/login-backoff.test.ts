import type { PasswordTry } from '../../../src/platform/limits/login-backoff.ts';
import type { LoginTry, ProofTry } from '../../../src/platform/limits/password-limits.ts';
import type { RateLimits } from '../../../src/platform/limits/rate-limit.service.ts';
import { limitsOnDatabase, waitOf } from './limits-on-database.ts';
import type { LimitsOnDatabase } from './limits-on-database.ts';

const tenantId = 'default';
/** Somebody unknown, at a place of their own. */
const login = (who: Partial<LoginTry> = {}): LoginTry => ({
  tenantId, account: 'ann@example.com', source: '192.0.2.1', isKnownSource: false, deviceId: null, ...who,
});
const session = { tenantId, kind: 'session', id: 's1' } as const;
let database: LimitsOnDatabase;
beforeEach(async () => {
  database = await limitsOnDatabase();
});
afterEach(() => database.close());

const beginLogin = async (limits: RateLimits, who: Partial<LoginTry> = {}): Promise<PasswordTry> => limits.loginTry(login(who))();
const beginProof = async (
  limits: RateLimits, who: Partial<ProofTry> = {},
): Promise<PasswordTry> => limits.passwordTry({ ...session, ...who })();

/** Delays that outlast every test, for those that only ask whether there is one. */
const long = { delaySeconds: (step: number) => 3_600 * step };

/** Tries that fail, as long as they are let through; answers how many were. */
async function fail(limits: RateLimits, count: number, who: Partial<LoginTry> = {}): Promise<number> {
  for (let time = 0; time < count; time += 1) if (await waitOf(beginLogin(limits, who)) > 0) return time;
  return count;
}

/** A try that is let through as soon as it may be; answers how many ms that took. */
async function whenLetThrough(
  limits: RateLimits, who: Partial<LoginTry> = {},
): Promise<{ readonly attempt: PasswordTry; readonly milliseconds: number }> {
  const began = Date.now();
  for (;;) {
    let attempt: PasswordTry | undefined;
    if (await waitOf(beginLogin(limits, who).then((made) => { attempt = made; })) === 0 && attempt) return {
      attempt, milliseconds: Date.now() - began,
    };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('growing delays', () => {
  it('ten failures are free; from then on each one let through doubles the wait, and what is refused does not', async () => {
    const limits = database.node();
    expect(await fail(limits, 20)).toBe(10);
    expect(await waitOf(beginLogin(limits))).toBe(1);
    const first = await whenLetThrough(limits);
    expect(await waitOf(beginLogin(limits))).toBe(2);
    const second = await whenLetThrough(limits);
    expect(await waitOf(beginLogin(limits))).toBe(4);
    expect([first, second].map(({ milliseconds }) => Math.round(milliseconds / 1_000))).toEqual([1, 2]);
  }, 20_000);

  it('wait, after very many failures, is 15 minutes at most', async () => {
    const steps: number[] = [];
    const limits = database.node({ delaySeconds: (step) => { steps.push(step); return 0.001; } });
    for (let failures = 0; failures < 25; failures += 1) await whenLetThrough(limits);
    expect(Math.max(...steps)).toBe(16);
    const late = database.node();
    await whenLetThrough(late);
    expect(await waitOf(beginLogin(late))).toBe(900);
  });

  it('a hundred at once on two nodes, ten are let through and the others wait for the first delay, not longer', async () => {
    // In minutes, since a hundred tries may take longer than a second.
    const inMinutes = { delaySeconds: (step: number) => 60 * 2 ** (step - 1) };
    const nodes = [database.node(inMinutes), database.node(inMinutes)] as const;
    const waits = await Promise.all(Array.from({ length: 100 }, (_, index) => waitOf(beginLogin(nodes[index % 2 === 0 ? 0 : 1]))));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
    expect(Math.max(...waits)).toBe(60);
  });

  it('a delay that one node has begun, counts on the other, and ends there', async () => {
    const nodes = [database.node(), database.node()] as const;
    expect(await fail(nodes[0], 20)).toBe(10);
    const { milliseconds } = await whenLetThrough(nodes[1]);
    expect(milliseconds).toBeLessThan(1_900);
    // The next wait is 2 s, counted from a moment before this line.
    const next = await whenLetThrough(nodes[0]);
    expect(next.milliseconds).toBeGreaterThan(1_000);
  }, 20_000);

  it('success, empties the account and takes its own try back from the source', async () => {
    const limits = database.node(long);
    expect(await fail(limits, 6)).toBe(6);
    expect(await fail(limits, 3, { account: 'bob@example.com' })).toBe(3);
    // Ten at this source, so that this one is let through and makes the others wait.
    const right = await beginLogin(limits);
    expect(await waitOf(beginLogin(limits))).toBe(3_600);
    await right.succeeded();
    expect(await fail(limits, 5)).toBe(1);
    expect(await fail(limits, 20, { source: '192.0.2.2' })).toBe(9);
  });

  it('success after delays, begins with ten free failures and the shortest wait again', async () => {
    const limits = database.node();
    expect(await fail(limits, 20)).toBe(10);
    await whenLetThrough(limits);
    const { attempt } = await whenLetThrough(limits);
    await attempt.succeeded();
    expect(await fail(limits, 20, { source: '192.0.2.2' })).toBe(10);
    expect(await waitOf(beginLogin(limits, { source: '192.0.2.3' }))).toBe(1);
  }, 20_000);

  it('withdrawn, the try counts as never made, free or not', async () => {
    const limits = database.node();
    for (let time = 0; time < 30; time += 1) await (await beginLogin(limits)).withdrawn();
    expect(await fail(limits, 20)).toBe(10);
    const { attempt } = await whenLetThrough(limits);
    await attempt.withdrawn();
    const again = await whenLetThrough(limits);
    expect(again.milliseconds).toBeLessThan(500);
    expect(await waitOf(beginLogin(limits))).toBe(2);
  }, 20_000);

  it('success at the same time as many refusals, does not leave more than ten free', async () => {
    const [one, two] = [database.node(long), database.node(long)];
    const tries = await Promise.all(Array.from({ length: 40 }, async (_, index) => {
      const attempt = await beginLogin(index % 2 === 0 ? one : two).catch(() => undefined);
      if (index === 0) await attempt?.succeeded();
      return attempt;
    }));
    expect(tries.filter((attempt) => attempt).length).toBeGreaterThanOrEqual(10);
    for (const { key, points } of await database.stored()) expect({ key, enough: points >= 0 }).toEqual({ key, enough: true });
  });

  it('account and source, used up by others, refuse each other\'s tries, but neither a known device nor a known source', async () => {
    const limits = database.node(long);
    expect(await fail(limits, 20)).toBe(10);
    expect(await waitOf(beginLogin(limits, { source: '192.0.2.2' }))).toBeGreaterThan(0);
    expect(await waitOf(beginLogin(limits, { account: 'bob@example.com' }))).toBeGreaterThan(0);
    expect(await fail(limits, 20, { isKnownSource: true })).toBe(10);
    expect(await fail(limits, 20, { deviceId: 'd1' })).toBe(10);
    expect(await fail(limits, 20, { deviceId: 'd2' })).toBe(10);
    expect(await fail(limits, 20, { isKnownSource: true, source: '192.0.2.3' })).toBe(10);
    expect(await fail(limits, 20, { isKnownSource: true, account: 'bob@example.com' })).toBe(10);
  });

  it('known device and known source, failing, use up nothing of the account or the source', async () => {
    const limits = database.node(long);
    await fail(limits, 10, { isKnownSource: true });
    await fail(limits, 10, { deviceId: 'd1' });
    expect(await fail(limits, 20)).toBe(10);
  });

  it('success of a known source, resets all that it is counted by', async () => {
    const limits = database.node(long);
    for (let round = 0; round < 3; round += 1) {
      expect(await fail(limits, 9, { isKnownSource: true })).toBe(9);
      await (await beginLogin(limits, { isKnownSource: true })).succeeded();
    }
  });

  it('proof of a session or link, ten failures free, each counted for itself', async () => {
    const limits = database.node(long);
    for (let time = 0; time < 10; time += 1) await beginProof(limits);
    const error = await beginProof(limits).then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toMatchObject(
      { code: 'too-many-requests', extras: { limit: { policy: 'password', quota: 10, windowSeconds: 86_400, waitSeconds: 3_600 } } },
    );
    await beginProof(limits, { id: 's2' });
    await beginProof(limits, { tenantId: 'other' });
    const link = await beginProof(limits, { kind: 'token' });
    await link.succeeded();
  });

  it('key known to be delayed, asked again, costs no database command', async () => {
    const limits = database.node(long);
    await fail(limits, 10);
    expect(await database.commands.during(async () => {
      for (let time = 0; time < 20; time += 1) expect(await waitOf(beginLogin(limits))).toBeGreaterThan(0);
    })).toEqual([]);
  });

  it('known and unknown, the same tries, take the same commands, free and delayed', async () => {
    const kinds = [{}, { isKnownSource: true }, { deviceId: 'd1' }].map(
      (kind, index) => ({ ...kind, account: `a${index}`, source: `192.0.2.${index}` }),
    );
    const commands = await Promise.all(kinds.map(async (kind) => {
      const own = await limitsOnDatabase();
      const limits = own.node();
      const tries = await own.commands.during(async () => {
        await fail(limits, 20, kind);
        await new Promise((resolve) => setTimeout(resolve, 1_050));
        await fail(limits, 2, kind);
      });
      await own.close();
      return tries;
    }));
    expect(commands[0]?.length).toBeGreaterThan(20);
    expect(commands[1]).toEqual(commands[0]);
    expect(commands[2]).toEqual(commands[0]);
  }, 20_000);

  it('keys, as stored, hold no address in the clear, and all of them end', async () => {
    const limits = database.node(long);
    await fail(limits, 11);
    await fail(limits, 11, { isKnownSource: true });
    const stored = await database.stored();
    expect(stored.length).toBeGreaterThanOrEqual(12);
    expect(JSON.stringify(stored)).not.toMatch(/ann|example|192\.0/);
    for (const { key, expire } of stored) expect({ key, ends: expire instanceof Date }).toEqual({ key, ends: true });
  });
});
