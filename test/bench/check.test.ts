import { callsOf } from '../../scripts/bench/check/model.ts';
import { toReport, ways } from '../../scripts/bench/check/report.ts';
import type { CheckRow, Measured, Way } from '../../scripts/bench/check/report.ts';
import { printReport } from '../../scripts/bench/report.ts';
import type { Budget, Run } from '../../scripts/bench/report.ts';
import { runBench } from '../support/run-bench.ts';

const bench = (...args: readonly string[]) => runBench('check', ...args);

describe('npm run bench -- check', () => {
  it('without the peers, with --json, a short run, prints what Gatehouse answers in each way', async () => {
    const { code, stdout, stderr } = await bench(
      '--alone', '--json', '--seconds', '0.5', '--rounds', '1', '--connections', '2', '--workers', '2',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('round 1 of 1') as unknown });
    const report = JSON.parse(
      stdout,
    ) as { readonly run: Run; readonly contestants: readonly CheckRow[]; readonly budgets: readonly Budget[] };
    expect(Object.keys(report)).toEqual(['run', 'contestants', 'budgets']);
    expect(report.run).toMatchObject({ node: process.version, seconds: 0.5, rounds: 1, connections: 2, workers: 2 });
    expect(report.contestants.map(({ name, way }) => [name, way])).toEqual(ways.map(({ way }) => ['gatehouse', way]));
    for (const [index, { perSecond, checksPerSecond, p50 }] of report.contestants.entries()) {
      expect([perSecond, p50].every((figure) => figure > 0)).toBe(true);
      expect(checksPerSecond).toBeCloseTo(perSecond * (ways[index]?.checks ?? NaN), 5);
    }
    expect(report.budgets.map(({ what }) => what)).toEqual(['whole request of 1,000 checks, p50']);
  }, 300_000);

  it('with an option that makes no sense, says so and ends with 64', async () => {
    expect(await bench('--workers', '0')).toEqual({ code: 64, stdout: '', stderr: '--workers is not a number above 0 and up to 256.\n' });
  }, 60_000);
});

describe('questions', () => {
  it('of one call are all different, and some are about what is allowed', () => {
    for (const { questions, answers } of [...callsOf('ofOneUser'), ...callsOf('ofAllUsers')]) {
      expect(new Set(questions.map((question) => JSON.stringify(question))).size).toBe(1_000);
      expect(new Set(answers)).toEqual(new Set([true, false]));
    }
  });

  it('of one a call, are allowed in half of the calls or a little more', () => {
    const allowed = callsOf('one').filter(({ answers }) => answers[0] === true).length;
    expect([allowed >= 500, allowed < 650]).toEqual([true, true]);
  });
});

describe('report', () => {
  const run = { database: 'a database', cores: 2, processor: 'a processor', node: 'v0', seconds: 1, rounds: 3 };
  const rates: Readonly<Record<Way, readonly [number, number, number]>> = {
    one: [900, 800, 1_000], thousand: [200, 5, 9], thousandAlone: [40, 4, 4], thousandUsers: [3, 5, 4],
  };
  const measured = ways.flatMap((way) => (['gatehouse', 'opa', 'openfga'] as const).map((name, index): Measured => (
    { name, way, results: [-1, 0, 1].map((round) => ({ perSecond: (rates[way.way][index] ?? 0) + round, p50: 30, p99: 40 })) })));

  it('compares medians with the budgets, and says which are not met', () => {
    const report = toReport({ connections: 10, workers: 2 }, measured);
    expect(report.tables[0]?.rows[0])
      .toMatchObject({ name: 'gatehouse', perSecond: 900, checksPerSecond: 900, p50: 30, p99: 40, spread: [899, 901] });
    expect(report.budgets?.map(({ measured: figure, met }) => [figure, met])).toEqual([
      ['1.13 times', false], ['0.90 times', false], ['40.00 times', true], ['22.22 times', false], ['0.60 times', false],
      ['0.75 times', false], ['30.0 ms', false],
    ]);
    expect(printReport(run, report).split('\n').filter((line) => line.endsWith('NOT MET'))).toHaveLength(6);
  });
});
