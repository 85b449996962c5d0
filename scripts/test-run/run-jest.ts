import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { countTests } from './counts.ts';
import type { TestCounts } from './counts.ts';
import type { Form } from './form.ts';
import { project } from './project.ts';
import type { FileTime, RunState, RunningTest } from './run-state.ts';

export interface JestRun {
  readonly name: string;
  /** Folder for reports. */
  readonly folder: string;
  readonly files: readonly string[];
  /** Further options of jest. */
  readonly options: readonly string[];
  /** Of the database server. */
  readonly uri: string;
  /** How tests find the Keycloak of the run; undefined if it has none. */
  readonly keycloak?: string | undefined;
  readonly loader: string;
  readonly form: Form;
  /** How long the run may take, in ms. */
  readonly limit: number;
  /** Ends the run with jest's own signal. */
  readonly signal: AbortSignal;
  readonly shuffle: number | undefined;
}

export interface JestEnd {
  readonly counts: TestCounts;
  readonly times: readonly FileTime[];
}

/** How long jest may take to end after its report, in ms. */
const graceAfterLastTest = 10_000;

/** Runs jest to its end. Ends a run that takes longer than its limit, and its faults say what was running. */
export async function runJest(
  { name, folder, files, options, uri, keycloak, loader, form, limit, signal, shuffle }: JestRun,
): Promise<JestEnd> {
  const report = join(folder, `${name}.json`);
  const statePath = join(folder, `${name}.state.json`);
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const child = spawn(process.execPath, ['--import', loader, jest, '--json', '--outputFile', report, ...options], {
    env: {
      ...process.env, MONGODB_URI: undefined, // no test may reach the database that MONGODB_URI names
      TEST_MONGODB_URI: uri, TEST_KEYCLOAK: keycloak,
      TEST_LOADER: loader, TEST_FORM: form, TEST_FILES: JSON.stringify(files), TEST_STATE: statePath,
      TEST_SHUFFLE: shuffle === undefined ? undefined : String(shuffle),
    },
    cwd: project, stdio: ['ignore', 'inherit', 'inherit'],
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  const began = Date.now();
  // Jest writes its report after the last test, and then waits for ever if a test has left something open.
  let hung = false;
  let stuck: readonly RunningTest[] | undefined;
  let reportedAt: number | undefined;
  const watch = setInterval(() => {
    if (existsSync(report)) reportedAt ??= Date.now();
    if (reportedAt !== undefined && Date.now() - reportedAt > graceAfterLastTest) hung = child.kill('SIGKILL');
    if (reportedAt === undefined && Date.now() - began > limit && stuck === undefined) {
      stuck = [];
      void readState(statePath).then(({ running }) => {
        stuck = running;
        child.kill('SIGKILL');
        for (const { pid } of running) endProcess(pid);
      });
    }
  }, 250);
  const [exitCode] = await once(child, 'exit') as [number | null];
  clearInterval(watch);
  const counts = countTests(await readFile(report, 'utf8').catch(() => undefined), { exitCode, hung, skipsFail: form !== 'short' });
  if (stuck !== undefined) counts.faults.push(`the run did not end within ${limit / 1_000} s; running: ${describeRunning(stuck)}`);
  return { counts, times: (await readState(statePath)).times };
}

async function readState(path: string): Promise<RunState> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? { running: [], times: [] } : JSON.parse(text) as RunState; // written by createRunState
}

function describeRunning(running: readonly RunningTest[]): string {
  if (running.length === 0) return 'nothing that was reported';
  const secondsSince = (time: number): number => Math.round((Date.now() - time) / 1_000);
  const named = (test: string | undefined): string => (test === undefined ? '' : ` "${test}"`);
  return running.map(({ file, test, since }) => `${file}${named(test)}, for ${secondsSince(since)} s`).join('; ');
}

/** Kills a worker: if its event loop is blocked, it does not notice that its parent has ended. */
function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
