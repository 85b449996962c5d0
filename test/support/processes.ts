import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeLater } from '../../scripts/test-run/closing.ts';
import { listSettings } from '../../src/settings/settings.schema.ts';
import { runsTypeScript } from './typescript.ts';

const project = resolve(import.meta.dirname, '..', '..');

/** A process that a test started. */
export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly printed: { stdout: string; stderr: string };
  /** Resolves with the first match in what it prints on the stream, by default stdout; rejects when it ends or `limit` ms pass before. */
  until(pattern: RegExp, limit?: number, stream?: 'stdout' | 'stderr'): Promise<RegExpExecArray>;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface StartOptions {
  /** Added to the environment, which is otherwise without settings. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The program of Node that runs a fork; by default the one of the test. */
  readonly node?: string | undefined;
}

/** What starts processes for one test file and ends them. */
export interface Processes {
  /** A folder of this file's own, removed in the end. Processes run in it, so that no .env is read. */
  readonly folder: string;
  /** Runs a TypeScript file of the project, such as `src/cli/cli.ts`; messages about it name this file. */
  start(file: string, args?: readonly string[], options?: StartOptions): Running;
  /** The same, to its end; one that does not end is killed after two minutes, and its code is null. */
  run(file: string, args?: readonly string[], options?: StartOptions): Promise<Finished>;
  /** The same with a channel for messages. */
  fork(file: string, args?: readonly string[], options?: StartOptions): Running;
  /** Kills what still runs, by its pid, and removes the folder, as is done in any case when the test, the describe or the file is over. */
  end(): Promise<void>;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In ms. A test that waits for a process that does not end would hold up all tests. */
const runLimit = 120_000;

/** Creates what starts processes; they end when the test, the describe or the file is over. */
export function createProcesses(): Processes {
  const started: Running[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-processes-'));

  function watch(file: string, child: ChildProcess): Running {
    const running = toRunning(child, file);
    started.push(running);
    return running;
  }

  const killAll = (): void => {
    for (const { child } of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  };
  // A test file that breaks off does not come to its end.
  process.once('exit', killAll);

  const processes: Processes = {
    folder,
    start: (file, args = [], { env } = {}) => watch(file, spawn(process.execPath, [...runsTypeScript, join(project, file), ...args], {
      cwd: folder, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'],
    })),
    fork: (file, args = [], { env, node = process.execPath } = {}) => watch(file, fork(join(project, file), args, {
      cwd: folder, env: environment(env), execArgv: [...runsTypeScript], execPath: node, silent: true,
    })),
    async run(...what) {
      const { ended, printed, child } = processes.start(...what);
      const limit = setTimeout(() => child.kill('SIGKILL'), runLimit);
      const { code } = await ended;
      clearTimeout(limit);
      return { code, ...printed };
    },
    async end() {
      process.removeListener('exit', killAll);
      killAll();
      await Promise.all(started.map(({ ended }) => ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  closeLater(processes.end);
  return processes;
}

function toRunning(child: ChildProcess, file: string): Running {
  const printed = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => { printed.stdout += chunk.toString(); });
  child.stderr?.on('data', (chunk: Buffer) => { printed.stderr += chunk.toString(); });
  let over = false;
  const ended = once(child, 'close').then(([code, signal]) => {
    over = true;
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }; // what 'close' is documented to carry
  });
  return {
    pid: child.pid ?? 0, child, printed, ended,
    async until(pattern, limit = 30_000, stream = 'stdout') {
      for (let waited = 0; waited < limit; waited += 20) {
        const match = pattern.exec(printed[stream]);
        if (match) return match;
        if (over) break;
        await sleep(20);
      }
      throw new Error(`${file} (process ${child.pid ?? 0}) printed nothing like ${pattern.source} within ${limit} ms: ${JSON.stringify(
        printed,
      )}`);
    },
  };
}

/** The next message of a forked process; rejects when it ends before. */
export async function nextMessage<T>({ child, ended, printed }: Running): Promise<T> {
  const message = await Promise.race([
    once(child, 'message').then(([content]) => content as T), // the child's file says what it sends
    ended.then(({ code, signal }) => { throw new Error(`The process ended with ${String(code ?? signal)}: ${printed.stderr}`); }),
  ]);
  return message;
}

/** The environment of the tests, without any setting of Gatehouse or of the test runner. */
function environment(added: StartOptions['env'] = {}): NodeJS.ProcessEnv {
  const without = [...listSettings().map(({ name }) => name), 'NODE_OPTIONS', 'TEST_MONGODB_URI'];
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !without.some((unwanted) => unwanted === name))), ...added,
  };
}
