import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf } from './engine.ts';
import type { Engine } from './engine.ts';
import { tail } from './programs.ts';
import type { Environment } from './programs.ts';
import { waitForPrimary } from './replica-set.ts';
import { supervise } from './supervise.ts';
import type { SupervisedProcess } from './supervise.ts';

const startLimit = 60_000;
const busyLimit = 15_000;
const portTaken = /address already in use/i;
const dataInUse = /device or resource busy|DBPathInUse|unable to lock the lock file/i;

interface Run {
  engine: Engine;
  storage: string;
  logFile: string;
  ephemeral: boolean;
  throwAway?: string | undefined;
  env: Environment;
  onSpawn: (pid: number) => void;
  log: (line: string) => void;
}

/** A database server that answers as a primary. */
export interface RunningEngine {
  uri: string;
  pid: number;
  stop: () => Promise<void>;
}

/**
 * Starts a database server on a free port of 127.0.0.1 and waits until it is a primary.
 *
 * Takes another port when somebody took the first one meanwhile, and waits up to 15 s for a former server that is still
 * closing the same data. Rejects with the end of the server's log otherwise.
 */
export async function runEngine(run: Run): Promise<RunningEngine> {
  const busyUntil = Date.now() + busyLimit;
  for (let portsTaken = 0; ;) {
    const port = await freePort();
    const server = await start(run, port);
    if (server.ready) {
      try {
        return { uri: addressOf(run.engine, port, await waitForPrimary(port)), pid: server.process.pid, stop: server.stop };
      } catch (error) {
        await server.stop();
        throw error;
      }
    }
    await server.stop();
    if (portTaken.test(server.output) && portsTaken < 5) {
      portsTaken += 1;
    } else if (dataInUse.test(server.output) && Date.now() < busyUntil) {
      await sleep(500);
    } else if (dataInUse.test(server.output)) {
      throw new Error(`${run.storage} is in use by another ${run.engine.name}. Cure: stop that one, or use another data folder.`);
    } else {
      throw new Error(`${run.engine.name} did not start. The end of its log:\n${tail(server.output)}`);
    }
  }
}

interface Started {
  ready: boolean;
  output: string;
  process: SupervisedProcess;
  stop: () => Promise<void>;
}

async function start(run: Run, port: number): Promise<Started> {
  const { engine, storage, ephemeral, logFile } = run;
  // Servers that make temporary folders of their own make them where they are thrown away too.
  const env = run.throwAway === undefined ? run.env : { ...run.env, TMPDIR: run.throwAway };
  let expected = true;
  let last: string | undefined;
  const process = await supervise({
    command: engine.command({ port, storage, ephemeral }),
    env,
    logFile,
    signal: ephemeral ? 'KILL' : 'TERM',
    throwAway: run.throwAway,
    onExit: (code, log) => {
      last = log;
      if (!expected) run.log(`${engine.name} ended by itself (code ${String(code)}). The end of its log:\n${tail(last)}`);
    },
  });
  const stop = async (): Promise<void> => {
    expected = true;
    await process.stop();
  };
  run.onSpawn(process.pid);
  const end = Date.now() + startLimit;
  const ended = (): string | undefined => last;
  while (Date.now() < end && ended() === undefined) {
    if (engine.ready.test(readLog(logFile))) {
      expected = false;
      return { ready: true, output: '', process, stop };
    }
    await sleep(25);
  }
  return { ready: false, output: ended() ?? readLog(logFile), process, stop };
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A TCP port of 127.0.0.1 that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => { resolve(typeof address === 'object' && address !== null ? address.port : 0); });
    });
  });
}
