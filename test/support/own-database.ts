import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeLater } from '../../scripts/test-run/closing.ts';
import { localFolders } from '../../src/cli/local/local-folders.ts';
import { chooseEngine } from '../../src/cli/local-mongo/engines/choose-engine.ts';
import { addressOf } from '../../src/cli/local-mongo/engines/engine.ts';
import { waitForPrimary } from '../../src/cli/local-mongo/replica-set.ts';
import { supervise } from '../../src/cli/local-mongo/supervise.ts';
import { freePort } from './free-port.ts';

/**
 * A database server of one test file's own, to be hurt; it ends with the tests' process. Its data and port stay through kill and restart.
 */
export interface OwnDatabase {
  /** The address with this database's name. */
  uri(database: string): string;
  /** SIGSTOP: it keeps its connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}; resolves when it is the primary. */
  restart(): Promise<void>;
  /** Kills it and removes its data. */
  end(): Promise<void>;
}

/** Starts the local database of this machine on a folder and a port of its own. */
export async function startOwnDatabase(): Promise<OwnDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-database-'));
  const engine = await chooseEngine(
    { dataFolder: folder, cacheFolder: localFolders.cache, ephemeral: false, env: process.env, log: console.log },
  );
  const storage = join(folder, engine.folder);
  mkdirSync(storage);
  const port = await freePort();
  let server: { readonly pid: number; readonly gone: Promise<unknown> } | undefined;
  let setName = '';

  async function start(): Promise<void> {
    const logFile = join(folder, 'log');
    rmSync(logFile, { force: true }); // else it still says that the server before was ready
    const exit = new AbortController();
    const gone = once(exit.signal, 'abort');
    const onExit = (): void => { exit.abort(); };
    const { pid } = await supervise(
      { command: engine.command({ port, storage, ephemeral: false }), env: process.env, logFile, signal: 'KILL', onExit },
    );
    server = { pid, gone };
    const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
    for (let waited = 0; !engine.ready.test(log()); waited += 25) {
      if (exit.signal.aborted || waited > 30_000) throw new Error(`${engine.name} did not start: ${log()}`);
      await sleep(25);
    }
    setName = await waitForPrimary(port);
  }

  async function kill(): Promise<void> {
    if (!server) return;
    const { pid, gone } = server;
    server = undefined;
    process.kill(pid, 'SIGKILL');
    await gone;
  }

  const signal = (name: NodeJS.Signals): void => { if (server) process.kill(server.pid, name); };

  await start();
  const end = async (): Promise<void> => {
    await kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  closeLater(end);
  return {
    uri: (database) => addressOf(engine, port, setName, database),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    kill,
    restart: start,
    end,
  };
}
