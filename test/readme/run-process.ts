import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { root } from './read-pages.ts';

export interface Running {
  /** All that it printed so far. */
  output(): string;
  /** Waits until it has printed this; rejects, with what it printed, if it ends or stays silent. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits until it ends by itself and answers its exit code. */
  ended(): Promise<number | null>;
  /** Asks it to stop and answers its exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  /** The project's folder by default. */
  readonly cwd?: string;
}

/** Starts Node on 127.0.0.1 with these arguments and settings, and none of those of the test run. */
export function startNode(args: readonly string[], options: RunOptions): Running {
  return startProgram(process.execPath, args, options);
}

/** Starts a program, as {@link startNode} does Node; signals reach all processes that it has started, as Ctrl-C in a terminal does. */
export function startProgram(program: string, args: readonly string[], { env, cwd = root }: RunOptions): Running {
  const { PATH, HOME } = process.env;
  const child = spawn(program, args, { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = once(child, 'close').then(([code]) => code as number | null); // as Node documents it
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; });
  return {
    output: () => text,
    printed: (pattern) => waitFor(child, pattern, () => text),
    ended: () => ended,
    stop(signal) {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, signal);
      return ended;
    },
  };
}

async function waitFor(child: ChildProcess, pattern: RegExp, output: () => string): Promise<RegExpExecArray> {
  const deadline = Date.now() + 120_000; // the first local database of a machine has to be installed
  while (Date.now() < deadline && child.exitCode === null) {
    const found = pattern.exec(output());
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Nothing like ${String(pattern)} was printed, but: ${output()}`);
}
