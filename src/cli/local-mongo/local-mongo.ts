import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { chooseEngine } from './engines/choose-engine.ts';
import { claimData } from './data-claim.ts';
import type { Engine } from './engines/engine.ts';
import type { Environment } from './engines/programs.ts';
import { runEngine } from './run-engine.ts';
import { findRunningServer } from './running-server.ts';

/** A database to work with: given by its address, or a local server that ends with this process. */
export interface LocalMongo {
  /** Names a replica set and no database. */
  uri: string;
  /** One line for people: which server runs and where its data is; never a password. */
  describe: string;
  kind: 'uri' | 'joined' | Engine['kind'];
  pid?: number;
  /** Whether it is fast enough for floods and large data; false also if that is not known. */
  isFast?: boolean;
  /** Folder of throw-away data, which is removed with it. */
  throwAway?: string;
  /** Resolves when a server of this process has ended, for any reason. */
  ended?: Promise<void>;
  /** Ends a local server; may be called again. */
  stop: () => Promise<void>;
}

export interface LocalMongoOptions {
  dataFolder: string;
  /** Removes the data at the end; `dataFolder` is then not touched. */
  ephemeral: boolean;
  /** Uses the server of a living process that has claimed the data folder, instead of refusing. */
  join?: boolean;
  env: Environment;
  /** An engine that is taken if no `mongod` is found, in place of SecantusDB's server in Python. */
  fallback?: Engine | undefined;
  /** Where downloads and installations are kept. */
  cacheFolder: string;
  /** The port of 127.0.0.1; any free one by default. */
  port?: number;
  log?: (line: string) => void;
}

/**
 * Finds or starts a database: MONGODB_URI, an installed `mongod`, mongodb-memory-server, or else SecantusDB.
 *
 * Rejects, with a cure in the message, if a living process uses the data folder, if nothing can be started, and if
 * throw-away data is wanted on MONGODB_URI. The server ends with this process, however that ends.
 */
export async function startLocalMongo(options: LocalMongoOptions): Promise<LocalMongo> {
  const { env, ephemeral, cacheFolder, fallback, port, log = () => undefined } = options;
  const given = env['MONGODB_URI'];
  if (given !== undefined && given !== '') {
    if (ephemeral) throw new Error('Throw-away data cannot be kept on MONGODB_URI. Cure: unset MONGODB_URI, or start without --ephemeral.');
    return atAddress('MONGODB_URI', given);
  }
  const dataFolder = resolve(options.dataFolder);
  if (!ephemeral) await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const running = options.join === true && !ephemeral ? await findRunningServer(dataFolder) : undefined;
  if (running !== undefined) {
    const describe = `database of the start that runs, data in ${shortPath(dataFolder)}`;
    return { uri: running, describe, kind: 'joined', stop: stopNothing };
  }
  const claim = ephemeral ? undefined : await claimData(dataFolder);
  const throwAway = ephemeral ? await mkdtemp(join(tmpdir(), 'gatehouse-')) : undefined;
  const cleanUp = async (): Promise<void> => {
    claim?.release();
    if (throwAway !== undefined) await rm(throwAway, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const engine = await chooseEngine({ dataFolder, cacheFolder, ephemeral, fallback, env, log });
    const folder = throwAway ?? dataFolder;
    const storage = join(folder, engine.folder);
    await mkdir(storage, { recursive: true });
    const { uri, pid, ended, stop } = await runEngine({
      engine, storage, ephemeral, throwAway, env, log, port,
      logFile: join(folder, `${engine.folder}.log`),
      onSpawn: (spawned) => claim?.note({ pid: spawned, storage }),
    });
    claim?.note({ pid, storage, uri });
    const place = ephemeral ? 'data thrown away at the end' : `data in ${shortPath(storage)}`;
    let stopped: Promise<void> | undefined;
    return {
      uri, pid, ended,
      describe: `${engine.name} (local, pid ${String(pid)}), ${place}`,
      kind: engine.kind,
      isFast: engine.isFast,
      ...(throwAway !== undefined && { throwAway }),
      stop: () => stopped ??= stop().finally(cleanUp),
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** A database at an address that is set; `name` is its setting. */
export function atAddress(name: string, uri: string): LocalMongo {
  // Login and options may hold secrets: only the hosts and the database are shown.
  const shown = uri.slice(uri.lastIndexOf('@') + 1).replace(/^mongodb(\+srv)?:\/\//, '').replace(/\?.*$/s, '');
  return { uri, describe: `${name} (${shown})`, kind: 'uri', stop: stopNothing };
}

/** Does nothing, because this process did not start the server. */
function stopNothing(): Promise<void> {
  return Promise.resolve();
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
