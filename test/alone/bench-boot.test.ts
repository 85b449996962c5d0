import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BootReport } from '../../scripts/bench/boot.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

function bench(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--import', 'tsx', 'scripts/bench/bench.ts', 'boot', ...args], { cwd: root }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

describe('npm run bench -- boot', () => {
  it('with few URLs and --json, prints what boots take without URLs and with them', async () => {
    const { code, stdout, stderr } = await bench('--json', '--urls', '10,100', '--rounds', '1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('round 1 of 1') as unknown });
    const report = JSON.parse(stdout) as BootReport;
    expect(Object.keys(report)).toEqual(['run', 'boots', 'budget']);
    expect(report.run).toMatchObject({ node: process.version, rounds: 1 });
    expect(report.boots.map(({ urls }) => urls)).toEqual([0, 10, 100]);
    for (const { median, least, most } of report.boots.flatMap(({ fresh, seeded }) => [fresh, seeded])) {
      expect([median > 0, least <= median, median <= most]).toEqual([true, true, true]);
    }
    expect(report.budget).toBeNull(); // it is about 10,000 URLs
  }, 120_000);

  it('with an option that makes no sense, says so and ends with 64', async () => {
    expect(await bench('--urls', '10,x')).toEqual({ code: 64, stdout: '', stderr: '--urls is not a number above 0 and up to 10000.\n' });
  }, 30_000);
});
