import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tail } from '../local-mongo/programs.ts';
import { supervise } from '../local-mongo/supervise.ts';

export interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether it serves; is told what it has printed. */
  readonly isReady: (printed: string) => Promise<boolean> | boolean;
}

/** A server that is no child in Node's sense. */
export interface RunningProgram {
  stop(): Promise<void>;
}

const patience = 60_000;

/** Starts a server program, which ends with this process however that ends; rejects with the end of what it printed if it does not serve. */
export async function startProgram({ command, env, isReady }: Program): Promise<RunningProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  const logFile = join(folder, 'log');
  const ended = new AbortController();
  const { stop: end } = await supervise({
    command: [...command], env: { ...process.env, ...env }, logFile, signal: 'TERM', onExit: () => { ended.abort(); },
  });
  const stop = async (): Promise<void> => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };
  const printed = () => readFile(logFile, 'utf8').catch(() => '');
  try {
    for (const began = performance.now(); !await isReady(await printed());) {
      if (ended.signal.aborted || performance.now() - began > patience) throw new Error(`${command[0] ?? ''} does not serve. The end of its log:\n${tail(await printed())}`);
      await sleep(50);
    }
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Whether an address answers 200. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.ok === true;
}

/** Sends JSON and reads JSON; rejects if the answer is no 2xx. */
export async function post(url: string, body: unknown, { method = 'POST', headers = {} }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>; // all that is asked for here is an object
}
