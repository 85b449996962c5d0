import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { localFolders } from '../../scripts/local-mongo.ts';
import { chooseEngine } from '../../scripts/local-mongo/choose-engine.ts';
import { waitForPrimary } from '../../scripts/local-mongo/replica-set.ts';

/** A database server of one test file's own, to be hurt. Its data and port stay through kill and restart. */
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
  const engine = await chooseEngine({ dataFolder: folder, cacheFolder: localFolders.cache, ephemeral: false, env: process.env, log: console.log });
  const storage = join(folder, engine.folder);
  mkdirSync(storage);
  const port = await freePort();
  let server: ChildProcess | undefined;
  let setName = '';

  async function start(): Promise<void> {
    const [program = '', ...args] = engine.command({ port, storage, ephemeral: false });
    const logFile = join(folder, 'log');
    const log = openSync(logFile, 'w');
    const child = server = spawn(program, args, { stdio: ['ignore', log, log] });
    for (let waited = 0; !engine.ready.test(readFileSync(logFile, 'utf8')); waited += 25) {
      if (child.exitCode !== null || waited > 30_000) throw new Error(`${engine.name} did not start: ${readFileSync(logFile, 'utf8')}`);
      await sleep(25);
    }
    setName = await waitForPrimary(port);
  }

  async function kill(): Promise<void> {
    if (server?.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  }

  await start();
  return {
    uri: (database) => `mongodb://127.0.0.1:${port}/${database}?replicaSet=${setName}`,
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    kill,
    restart: start,
    async end() {
      await kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // what a server on a port has
  server.close();
  await once(server, 'close');
  return port;
}
