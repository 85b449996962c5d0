import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runsTypeScript } from './typescript.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs `npm run bench` with these arguments to its end, as a process of its own. */
export function runBench(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...runsTypeScript, 'scripts/bench/bench.ts', ...args], { cwd: root }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}
