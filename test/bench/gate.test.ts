import type { GateReport } from '../../scripts/bench/gate/report.ts';
import { median } from '../../scripts/bench/load.ts';
import { runBench } from '../support/run-bench.ts';

describe('npm run bench', () => {
  it('gate with --json, a very short run, prints the figures of all three and nothing else', async () => {
    const { code, stdout, stderr } = await runBench('gate', '--json', '--seconds', '0.3', '--rounds', '1', '--connections', '2', '--rights', '5');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('round 1 of 1: gatehouse') as unknown });
    const report = JSON.parse(stdout) as GateReport & Required<Pick<GateReport, 'headers' | 'naive'>>; // it serves in one process each
    expect(Object.keys(report)).toEqual(['run', 'bare', 'headers', 'naive', 'gatehouse']);
    expect(report.run).toMatchObject({ node: process.version, seconds: 0.3, rounds: 1, connections: 2, rights: 5 });
    for (const name of ['bare', 'headers', 'naive', 'gatehouse'] as const) {
      const { requestsPerSecond, p50, p99, ofBare } = report[name];
      expect([requestsPerSecond, p50, ofBare].every((figure) => figure > 0)).toBe(true);
      expect(p99).toBeGreaterThanOrEqual(p50);
    }
    expect(report.bare.ofBare).toBe(1);
  }, 300_000);

  it('gate with several workers and numbers of sessions, measures each number, and leaves the naive gate out', async () => {
    const { code, stdout, stderr } = await runBench('gate', '--json', '--seconds', '0.3', '--rounds', '1', '--connections', '2', '--rights', '5', '--sessions', '1,20', '--workers', '2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('round 1 of 1: gatehouse, 20 sessions,') as unknown });
    const report = JSON.parse(stdout) as GateReport;
    expect(Object.keys(report)).toEqual(['run', 'bare', 'gatehouse', 'gatehouseBySessions']);
    expect(report.run).toMatchObject({ sessions: [1, 20], workers: 2 });
    expect(report.gatehouseBySessions).toEqual([expect.objectContaining({ sessions: 20, requestsPerSecond: expect.any(Number) as unknown })]);
  }, 300_000);

  it.each([[[]], [['other']], [['toString']]])('%j, which is no benchmark, prints the usage and ends with 64', async (args) => {
    const { code, stderr } = await runBench(...args);
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringMatching(/^Usage: npm run bench -- <what>\n {2}gate/) as unknown });
  }, 60_000);

  it('gate with an option that makes no sense, says so and ends with 64', async () => {
    expect(await runBench('gate', '--seconds', 'x')).toEqual({ code: 64, stdout: '', stderr: '--seconds is not a number above 0 and up to 5000.\n' });
  }, 60_000);
});

describe('median', () => {
  it.each([[[3], 3], [[3, 1, 2], 2], [[4, 1, 2, 3], 2.5]])('of %j, is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});
