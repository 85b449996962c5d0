import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engines/engine.ts';
import { tail } from './engines/programs.ts';
import type { Environment } from './engines/programs.ts';
import { supervise } from './supervise.ts';

/** How long a server may take until it listens, in ms. */
const startLimit = 60_000;

export interface ServerOrder {
  /** Any free port by default. */
  readonly port?: number | undefined;
  readonly engine: Engine;
  readonly storage: string;
  readonly logFile: string;
  readonly ephemeral: boolean;
  /** Folder that is removed in the end. */
  readonly throwAway?: string | undefined;
  readonly env: Environment;
  /** Called as soon as the process runs. */
  readonly onSpawn: (pid: number) => void;
  readonly log: (line: string) => void;
}

export interface StartedServer {
  /** Whether it listens; if not, `output` says why. */
  readonly isReady: boolean;
  readonly output: string;
  readonly pid: number;
  /** Resolves when it has ended, for any reason. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a database server on this port and waits until its log says that it listens, until it ends, or for 60 s. */
export async function startServer(order: ServerOrder, port: number): Promise<StartedServer> {
  const { engine, storage, logFile, ephemeral, throwAway, env, onSpawn, log } = order;
  let mayEnd = true;
  let output: string | undefined;
  let onEnded: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => { onEnded = resolve; });
  const { pid, stop: end } = await supervise({
    command: engine.command({ port, storage, ephemeral }),
    // A server creates its temporary folders where they are removed too.
    env: throwAway === undefined ? env : { ...env, TMPDIR: throwAway },
    logFile, throwAway,
    signal: ephemeral ? 'KILL' : 'TERM',
    onExit: (code, printed) => {
      output = printed;
      onEnded();
      if (!mayEnd) log(`${engine.name} ended by itself (code ${String(code)}). The end of its log:\n${tail(printed)}`);
    },
  });
  const stop = async (): Promise<void> => {
    mayEnd = true;
    await end();
  };
  onSpawn(pid);
  const outputOfEnd = (): string | undefined => output;
  for (const began = Date.now(); Date.now() - began < startLimit && outputOfEnd() === undefined;) {
    if (engine.ready.test(readLog(logFile))) {
      mayEnd = false;
      return { isReady: true, output: '', pid, ended, stop };
    }
    await sleep(25);
  }
  return { isReady: false, output: outputOfEnd() ?? readLog(logFile), pid, ended, stop };
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
