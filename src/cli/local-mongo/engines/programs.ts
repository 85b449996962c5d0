import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Finds an executable file on PATH. */
export function findOnPath(name: string, env: Environment): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Says whether a path is a file that this process may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end and resolves with what it printed; never rejects.
 *
 * `ok` is false if it could not be run, ended with another code than 0, or ran longer than `timeout` ms.
 */
export async function run(file: string, args: string[], env: Environment, timeout: number): Promise<{ ok: boolean; output: string }> {
  return await new Promise((resolve) => {
    execFile(file, args, { env: { ...env }, timeout, maxBuffer: 10_000_000 }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      resolve(error === null ? { ok: true, output } : { ok: false, output: output === '' ? error.message : output });
    });
  });
}

/** The last lines of a program's output, for an error message. */
export function tail(output: string, lines = 6): string {
  return output.trim().split('\n').slice(-lines).join('\n');
}
