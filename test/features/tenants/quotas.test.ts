import { mailsPerAddress, mailsPerSource, registrationsPerSource } from '../../../src/platform/limits/limit.policy.ts';
import type { LimitPolicy } from '../../../src/platform/limits/limit.policy.ts';
import { limitsOnDatabase, waitOf } from '../../platform/limits/limits-on-database.ts';
import type { LimitsOnDatabase } from '../../platform/limits/limits-on-database.ts';
import { eventually } from '../../support/eventually.ts';

const key = { tenantId: 'default', subject: 'ann@example.com' };
const policy: LimitPolicy = { name: 'thing', quota: 3, windowSeconds: 3_600 };
const short: LimitPolicy = { name: 'short', quota: 1, windowSeconds: 1 };
let database: LimitsOnDatabase;
beforeEach(async () => {
  database = await limitsOnDatabase();
});
afterEach(() => database.close());

const times = async (count: number, work: () => Promise<unknown>) => {
  for (let time = 0; time < count; time += 1) await work();
};

describe('quotas', () => {
  it('policies, as declared, are those of the product', () => {
    expect([registrationsPerSource, mailsPerSource, mailsPerAddress].map(({ quota, windowSeconds }) => [quota, windowSeconds]))
      .toEqual([[5, 3_600], [60, 3_600], [5, 3_600]]);
  });

  it('take, over the quota, throws with the policy and the time left in the window; other keys, policies and tenants go on', async () => {
    const limits = database.node();
    await times(3, () => limits.take(policy, key));
    const error = await limits.take(policy, key).then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'too-many-requests', extras: { limit: { policy: 'thing', quota: 3, windowSeconds: 3_600 } } });
    expect(await waitOf(limits.take(policy, key))).toBeGreaterThan(3_590);
    await limits.take(policy, { ...key, subject: 'bob@example.com' });
    await limits.take(policy, { ...key, tenantId: 'other' });
    await limits.take({ ...policy, name: 'another' }, key);
  });

  it('tryToTake, over the quota, answers false and throws nothing', async () => {
    const limits = database.node();
    const answers: boolean[] = [];
    await times(5, async () => answers.push(await limits.tryToTake(policy, key)));
    expect(answers).toEqual([true, true, true, false, false]);
  });

  it('take, 40 at once on two nodes, lets exactly the quota through', async () => {
    const nodes = [database.node(), database.node()];
    const waits = await Promise.all(
      Array.from({ length: 40 }, (_, index) => waitOf(nodes[index % 2]?.take(policy, key) ?? Promise.reject(new Error('no node')))),
    );
    expect(waits.filter((wait) => wait === 0)).toHaveLength(3);
  });

  it('take, refused, does not count: what is given back is free again, also here', async () => {
    const limits = database.node();
    await times(3, () => limits.take(policy, key));
    await times(5, async () => expect(await waitOf(limits.take(policy, key))).toBeGreaterThan(0));
    expect(await waitOf(database.node().take(policy, key))).toBeGreaterThan(0);
    await limits.giveBack(policy, key);
    await limits.take(policy, key);
    expect(await waitOf(limits.take(policy, key))).toBeGreaterThan(0);
  });

  it('giveBack, of what was never taken, gives nothing', async () => {
    const limits = database.node();
    await Promise.all([1, 2, 3].map(() => limits.giveBack(policy, key)));
    await times(3, () => limits.take(policy, key));
    expect(await waitOf(limits.take(policy, key))).toBeGreaterThan(0);
  });

  it('window, passed, begins anew although nothing was cleared', async () => {
    const limits = database.node();
    const end = Date.now() + 1_000;
    await limits.take(short, key);
    expect(await waitOf(limits.take(short, key))).toBe(1);
    await eventually(async () => await waitOf(limits.take(short, key)) === 0);
    expect(Date.now()).toBeGreaterThanOrEqual(end - 5);
    expect(await waitOf(limits.take(short, key))).toBe(1);
  });

  it('key known to be used up, asked again, costs no database command', async () => {
    const limits = database.node();
    await times(3, () => limits.take(policy, key));
    await waitOf(limits.take(policy, key));
    expect(await database.commands.during(() => times(20, () => waitOf(limits.take(policy, key))))).toEqual([]);
  });

  it('take, as stored, is one command and names the tenant and the purpose, but nobody\'s address', async () => {
    expect(await database.commands.during(() => database.node().take(policy, key))).toEqual(['findAndModify rateLimits']);
    const [stored] = await database.stored();
    expect(stored?.key).toMatch(/^default:thing:[\w-]{43}$/);
    expect(JSON.stringify(stored)).not.toContain('ann');
  });
});
