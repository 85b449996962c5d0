import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tail } from '../../../src/cli/local-mongo/engines/programs.ts';
import { supervise } from '../../../src/cli/local-mongo/supervise.ts';

export interface Program {
  readonly command: readonly string[];
  /** Its environment, beside this process's own. It may write into the folder, which is removed in the end. */
  readonly env: (folder: string) => Readonly<Record<string, string>>;
  /** Whether it serves, by what it has printed or by asking it. */
  readonly isReady: (printed: string) => Promise<boolean> | boolean;
}

/** How long a program may take until it serves, in ms. */
const patience = 60_000;

/** Starts a server program, which ends with this process however that ends; rejects with the end of its log if it does not serve. */
export async function startProgram({ command, env, isReady }: Program): Promise<{ stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const logFile = join(folder, 'log');
  const ended = new AbortController();
  const { stop: end } = await supervise({
    command: [...command], env: { ...process.env, ...env(folder) }, logFile, signal: 'TERM', onExit: () => ended.abort(),
  });
  const stop = async (): Promise<void> => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };
  const printed = () => readFile(logFile, 'utf8').catch(() => '');
  try {
    for (const began = performance.now(); !await isReady(await printed());) {
      if (ended.signal.aborted || performance.now() - began > patience) {
        throw new Error(`${command[0] ?? ''} does not serve. The end of its log:\n${tail(await printed())}`);
      }
      await sleep(50);
    }
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Says whether an address answers with 2xx. */
export async function isServed(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.ok === true;
}
