import type { Budget, Run } from '../../scripts/bench/report.ts';
import type { Comparison } from '../../scripts/bench/tenants/tenants.ts';
import { runBench } from '../support/run-bench.ts';

const bench = (...args: readonly string[]) => runBench('tenants', ...args);

describe('npm run bench -- tenants', () => {
  it('a few, with --json, prints what a login, a gated request and a call of checks take with few and with many', async () => {
    const { code, stdout, stderr } = await bench(
      '--json', '--tenants', '3', '--users', '40', '--sessions', '90', '--seconds', '0.3', '--rounds', '1',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('3 tenants, 40 users, 90 sessions: ready') as unknown });
    const report = JSON.parse(
      stdout,
    ) as { readonly run: Run; readonly comparisons: readonly Comparison[]; readonly budgets: readonly Budget[] };
    const { run, comparisons, budgets } = report;
    expect(Object.keys(report)).toEqual(['run', 'comparisons', 'budgets']);
    expect(run).toMatchObject(
      { small: { tenants: 1, users: 10, sessions: 20 }, large: { tenants: 3, users: 40, sessions: 90 }, seconds: 0.3, rounds: 1 },
    );
    expect(comparisons.map(({ kind }) => kind)).toEqual(['login', 'gate', 'check']);
    for (const { small, large, times } of comparisons) {
      for (const { p50, p99, requests } of [small, large]) expect([p50 > 0, p99 >= p50, requests > 0]).toEqual([true, true, true]);
      expect(times).toBeCloseTo(large.p50 / small.p50, 1);
    }
    expect(budgets.map(({ met }) => met)).toEqual(comparisons.map(({ times }) => times <= 2));
  }, 300_000);

  it('with an option that makes no sense, says so and ends with 64', async () => {
    expect(await bench('--tenants', '0')).toEqual({ code: 64, stdout: '', stderr: '--tenants is not a number above 0 and up to 10000.\n' });
  }, 60_000);
});
