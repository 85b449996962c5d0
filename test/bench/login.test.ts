import type { LoginConditions, LoginRow } from '../../scripts/bench/login/report.ts';
import type { Run } from '../../scripts/bench/report.ts';
import { runBench } from '../support/run-bench.ts';

const bench = (...args: readonly string[]) => runBench('login', ...args);

describe('npm run bench -- login', () => {
  it('with --json, a short run, prints logins, hashes, and gated requests without and beside logins', async () => {
    const { code, stdout, stderr } = await bench('--json', '--seconds', '0.5', '--rounds', '1', '--clients', '2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('round 1 of 1') as unknown });
    const report = JSON.parse(
      stdout,
    ) as { readonly run: Run & LoginConditions; readonly loads: readonly LoginRow[]; readonly ofHashes: number };
    expect(Object.keys(report)).toEqual(['run', 'loads', 'ofHashes', 'budgets']);
    expect(report.run).toMatchObject({ node: process.version, seconds: 0.5, rounds: 1, clients: 2, cost: 10 });
    expect(report.loads.map(({ name }) => name)).toEqual(['login', 'hashes', 'quiet', 'meanwhile']);
    for (const { perSecond, p50, p99 } of report.loads) {
      expect([perSecond > 0, p50 > 0, p99 >= p50]).toEqual([true, true, true]);
    }
    const [login, hashes] = report.loads;
    expect(report.ofHashes).toBeCloseTo((login?.perSecond ?? NaN) / ((hashes?.perSecond ?? NaN) * report.run.threads), 1);
  }, 300_000);

  it('with an option that makes no sense, says so and ends with 64', async () => {
    expect(await bench('--clients', '51')).toEqual({ code: 64, stdout: '', stderr: '--clients is not a number above 0 and up to 50.\n' });
  }, 60_000);
});
