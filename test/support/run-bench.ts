import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installNotice } from '../../scripts/bench/installed.ts';
import { runsTypeScript } from './typescript.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs `npm run bench` with these arguments to its end, as a process of its own; rejects if the packages of the benchmarks are not
 * installed.
 */
export async function runBench(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const notice = installNotice();
  if (notice !== undefined) throw new Error(notice);
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, [...runsTypeScript, 'scripts/bench/bench.ts', ...args], { cwd: root }, (
      _error, stdout, stderr,
    ) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}
