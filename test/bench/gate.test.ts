import { median } from '../../scripts/bench/figures.ts';
import type { GateRow } from '../../scripts/bench/gate/report.ts';
import type { Run } from '../../scripts/bench/report.ts';
import { runBench } from '../support/run-bench.ts';

interface GateReport {
  readonly run: Run;
  readonly contestants: readonly GateRow[];
}

describe('npm run bench', () => {
  it('gate with --json, a very short run, prints the figures of all contestants and nothing else', async () => {
    const { code, stdout, stderr } = await runBench(
      'gate', '--json', '--seconds', '0.3', '--rounds', '1', '--connections', '2', '--rights', '5',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('round 1 of 1: gatehouse') as unknown });
    const report = JSON.parse(stdout) as GateReport;
    expect(Object.keys(report)).toEqual(['run', 'contestants', 'budgets']);
    expect(report.run).toMatchObject({ node: process.version, seconds: 0.3, rounds: 1, connections: 2, rights: 5 });
    expect(report.contestants.map(({ name }) => name))
      .toEqual(['plain', 'bare', 'headers', 'usual', 'fastify', ...Array<string>(5).fill('gatehouse')]);
    expect(report.contestants.flatMap(({ refusal }) => refusal ?? []))
      .toEqual(['401 token-missing', '401 token-malformed', '403 right-missing', '404 unknown-url']);
    for (const { perSecond, p50, p99, ofBare, ofPlain, microseconds } of report.contestants) {
      expect([perSecond, p50, ofBare, ofPlain, microseconds].every((figure) => Number(figure) > 0)).toBe(true);
      expect(p99).toBeGreaterThanOrEqual(p50);
    }
    expect([report.contestants[0]?.ofPlain, report.contestants[1]?.ofBare]).toEqual([1, 1]);
  }, 300_000);

  it('gate with several workers and numbers of sessions, measures each number, and leaves the others out', async () => {
    const { code, stdout, stderr } = await runBench(
      'gate', '--json', '--seconds', '0.3', '--rounds', '1', '--connections', '2', '--rights', '5', '--sessions', '1,20', '--workers', '2',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('round 1 of 1: gatehouse, 20 sessions,') as unknown });
    const report = JSON.parse(stdout) as GateReport;
    expect(Object.keys(report)).toEqual(['run', 'contestants', 'budgets']);
    expect(report.run).toMatchObject({ sessions: [1, 20], workers: 2 });
    expect(report.contestants.map(({ name, sessions }) => [name, sessions])).toEqual([['bare', 1], ['gatehouse', 1], ['gatehouse', 20]]);
    expect(report.contestants.every(({ perSecond }) => perSecond > 0)).toBe(true);
  }, 300_000);

  it.each([[[]], [['other']], [['toString']]])('%j, which is no benchmark, prints the usage and ends with 64', async (args) => {
    const { code, stderr } = await runBench(...args);
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringMatching(/^Usage: npm run bench -- <what>\n {2}gate/) as unknown });
  }, 60_000);

  it('gate with an option that makes no sense, says so and ends with 64', async () => {
    expect(await runBench('gate', '--seconds', 'x'))
      .toEqual({ code: 64, stdout: '', stderr: '--seconds is not a number above 0 and up to 5000.\n' });
  }, 60_000);
});

describe('median', () => {
  it.each([[[3], 3], [[3, 1, 2], 2], [[4, 1, 2, 3], 2.5]])('of %j, is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});
