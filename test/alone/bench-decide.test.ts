import { checkBudgets } from '../../scripts/bench/decide/budgets.ts';
import type { DecideFigures } from '../../scripts/bench/decide/measure.ts';
import { toReport } from '../../scripts/bench/decide/report.ts';
import type { DecideResults, SizeResult } from '../../scripts/bench/decide/results.ts';
import { printReport } from '../../scripts/bench/report.ts';
import type { Budget, Run } from '../../scripts/bench/report.ts';
import { runBench } from '../support/run-bench.ts';

const bench = (...args: readonly string[]) => runBench('decide', ...args);

const figures = (p50: number): DecideFigures => ({ p50, p99: p50 * 2, perSecond: 1e6 / p50, decisions: 100 });
const sizeOf = (size: Partial<SizeResult>): SizeResult => ({
  urls: 10_000, roles: 10, rightsPerRole: 1_000, heldRoles: 1, policies: 10_000, gatehouse: figures(2), casbin: figures(4_000),
  casl: figures(1), skipped: {}, ...size,
});
const results: DecideResults = {
  urls: [
    sizeOf({ urls: 1_000, policies: 1_000, casbin: figures(400) }), sizeOf({}),
    sizeOf({
      urls: 100_000, policies: 100_000, roles: 100, gatehouse: figures(4), casbin: null, skipped: { casbin: 'would take some 9 minutes' },
    }),
  ],
  roles: [sizeOf({ roles: 10, gatehouse: figures(1) }), sizeOf({ roles: 100 }), sizeOf({ roles: 10_000, gatehouse: figures(3) })],
  bulk: 6,
};

describe('npm run bench -- decide', () => {
  it('with --json, a short run, prints the figures of all three, and casbin is many times slower', async () => {
    const { code, stdout, stderr } = await bench(
      '--json', '--urls', '100,1000', '--roles', '100,1000', '--seconds', '0.2', '--rounds', '3',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('round 3 of 3') as unknown });
    const report = JSON.parse(stdout) as DecideResults & { readonly run: Run; readonly budgets: readonly Budget[] };
    expect(Object.keys(report)).toEqual(['run', 'urls', 'roles', 'bulk', 'budgets']);
    expect(report.run).toMatchObject({ node: process.version, seconds: 0.2, rounds: 3 });
    for (const size of [...report.urls, ...report.roles]) {
      expect(size.skipped).toEqual({});
      for (const { p50, p99, perSecond, decisions } of [size.gatehouse, size.casbin, size.casl].flatMap((each) => each ?? [])) {
        expect([p50, perSecond, decisions].every((figure) => figure > 0)).toBe(true);
        expect(p99).toBeGreaterThanOrEqual(p50);
      }
    }
    const [hundred, thousand] = report.urls;
    const [few, many] = report.roles;
    const times = (slow?: DecideFigures | null, fast?: DecideFigures | null) => (slow?.p50 ?? NaN) / (fast?.p50 ?? NaN);
    expect(times(hundred?.casbin, hundred?.gatehouse)).toBeGreaterThan(5);
    expect(times(thousand?.casbin, thousand?.gatehouse)).toBeGreaterThan(40);
    // Ten times as many roles: flat for Gatehouse, ten times as slow for casbin.
    expect(times(many?.gatehouse, few?.gatehouse)).toBeLessThan(4);
    expect(times(many?.casbin, few?.casbin)).toBeGreaterThan(3);
    expect(report.bulk).toBeLessThan(50);
    expect(report.budgets.map(({ what }) => what)).toEqual([
      'faster than casbin with 1000 policies', 'longest against shortest p50, from 100 roles on', '1,000 decisions at once',
    ]);
  }, 180_000);

  it.each([
    [['--urls', '5'], '--urls are not at least 10 each.\n'],
    [['--roles', '10,x'], '--roles is not a number above 0 and up to 100000.\n'],
    [['--seconds', '0'], '--seconds is not a number above 0 and up to 60.\n'],
  ])('%j, which makes no sense, says so and ends with 64', async (args, stderr) => {
    expect(await bench(...args)).toEqual({ code: 64, stdout: '', stderr });
  }, 30_000);
});

describe('budgets', () => {
  it('of a run, say what was measured and whether it is met', () => {
    expect(checkBudgets(results).map(({ measured, met }) => [measured, met])).toEqual([
      ['4 us', false], ['8 us', false], // the largest: p50 and p99
      ['200 times', true], ['2000 times', true], // casbin at 1,000 and 10,000
      ['1.5 times', true], ['6 ms', false],
    ]);
  });

  it('that a run did not test, are not named', () => {
    const small = { ...results, urls: results.urls.slice(0, 1), roles: results.roles.slice(0, 1) };
    expect(checkBudgets(small).map(({ what }) => what)).toEqual(['faster than casbin with 1000 policies', '1,000 decisions at once']);
  });
});

describe('report', () => {
  it('with a contestant left out, marks it and says why', () => {
    const run = { database: 'a database', cores: 2, processor: 'a processor', node: 'v0', seconds: 1, rounds: 1 };
    const lines = printReport(run, toReport(results)).split('\n');
    expect(lines.find((line) => line.startsWith('100000'))).toMatch(
      /^100000 +100000 +1000 +4\.00 +8\.00 +250000 +- +- +- +1\.00 +2\.00 +1000000 +-$/,
    );
    expect(lines).toContain('-: casbin with 100000 policies: would take some 9 minutes');
    expect(lines.filter((line) => line.endsWith('NOT MET'))).toHaveLength(3);
  });
});
