import type { BootRow } from '../../scripts/bench/boot/boot.ts';
import type { Budget, Run } from '../../scripts/bench/report.ts';
import { runBench } from '../support/run-bench.ts';

const bench = (...args: readonly string[]) => runBench('boot', ...args);

describe('npm run bench -- boot', () => {
  it('with few URLs and --json, prints what boots take without URLs and with them', async () => {
    const { code, stdout, stderr } = await bench('--json', '--urls', '10,100', '--rounds', '1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('round 1 of 1') as unknown });
    const report = JSON.parse(stdout) as { readonly run: Run; readonly boots: readonly BootRow[]; readonly budgets: readonly Budget[] };
    expect(Object.keys(report)).toEqual(['run', 'boots', 'budgets']);
    expect(report.run).toMatchObject({ node: process.version, rounds: 1 });
    expect(report.boots.map(({ urls }) => urls)).toEqual([0, 10, 100]);
    for (const { median, least, most } of report.boots.flatMap(({ fresh, seeded }) => [fresh, seeded])) {
      expect([median > 0, least <= median, median <= most]).toEqual([true, true, true]);
    }
    expect(report.budgets).toEqual([]); // the budget is about 10,000 URLs
  }, 300_000);

  it('with an option that makes no sense, says so and ends with 64', async () => {
    expect(await bench('--urls', '10,x')).toEqual({ code: 64, stdout: '', stderr: '--urls is not a number above 0 and up to 10000.\n' });
  }, 60_000);
});
