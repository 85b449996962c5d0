import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { chooseEngine } from './local-mongo/choose-engine.ts';
import { claimData } from './local-mongo/data-claim.ts';
import type { Engine } from './local-mongo/engine.ts';
import type { Environment } from './local-mongo/programs.ts';
import { runEngine } from './local-mongo/run-engine.ts';
import { findRunningServer } from './local-mongo/running-server.ts';

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
  /**
   * Prefers SecantusDB's server in Rust to the one in Python, if `npm run build-database` has built it.
   *
   * For tests and benchmarks alone: it cannot read data of the other.
   */
  prefersFast?: boolean;
  /** Where downloads and installations are kept; the project's own by default. */
  cacheFolder?: string;
  log?: (line: string) => void;
}

const project = resolve(import.meta.dirname, '..');

/** The git-ignored folders of this project. */
export const localFolders = { data: join(project, '.gatehouse', 'data'), cache: join(project, '.gatehouse', 'cache') };

/**
 * Finds or starts a database: MONGODB_URI, an installed `mongod`, mongodb-memory-server, or else SecantusDB.
 *
 * Rejects, with a cure in the message, if a living process uses the data folder, if nothing can be started, and if
 * throw-away data is wanted on MONGODB_URI. The server ends with this process, however that ends.
 */
export async function startLocalMongo(options: LocalMongoOptions): Promise<LocalMongo> {
  const { env, ephemeral, cacheFolder = localFolders.cache, log = () => undefined } = options;
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
    const engine = await chooseEngine({ dataFolder, cacheFolder, ephemeral, prefersFast: options.prefersFast === true, env, log });
    const folder = throwAway ?? dataFolder;
    const storage = join(folder, engine.folder);
    await mkdir(storage, { recursive: true });
    const { uri, pid, stop } = await runEngine({
      engine, storage, ephemeral, throwAway, env, log,
      logFile: join(folder, `${engine.folder}.log`),
      onSpawn: (spawned) => claim?.note({ pid: spawned, storage }),
    });
    claim?.note({ pid, storage, uri });
    const place = ephemeral ? 'data thrown away at the end' : `data in ${shortPath(storage)}`;
    let stopped: Promise<void> | undefined;
    return {
      uri, pid,
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

/**
 * The database of a test run or benchmark: TEST_MONGODB_URI, or else a local server with throw-away data, a fast one if there is one.
 *
 * Never uses MONGODB_URI, so that no test can reach data that matters.
 */
export async function startTestMongo(env: Environment, log?: (line: string) => void): Promise<LocalMongo> {
  const given = env['TEST_MONGODB_URI'];
  if (given !== undefined && given !== '') return atAddress('TEST_MONGODB_URI', given);
  return await startThrowAway(env, { prefersFast: true }, log);
}

/** Starts a local server with throw-away data and ignores TEST_MONGODB_URI: a fast one, or the one that `npm start` would use. */
export async function startThrowAway(
  env: Environment, { prefersFast }: { prefersFast: boolean }, log?: (line: string) => void,
): Promise<LocalMongo> {
  const withoutUri = { ...env, MONGODB_URI: undefined };
  return await startLocalMongo({ dataFolder: localFolders.data, ephemeral: true, prefersFast, env: withoutUri, ...(log && { log }) });
}

/** Downloads or installs the server that `npm start` would use, so that a later start need not wait for it. */
export async function prepareLocalMongo(env: Environment, log: (line: string) => void): Promise<void> {
  await chooseEngine({ dataFolder: localFolders.data, cacheFolder: localFolders.cache, ephemeral: true, env, log });
}

function atAddress(name: string, uri: string): LocalMongo {
  // Login and options may hold secrets: only the hosts and the database are shown.
  const shown = uri.slice(uri.lastIndexOf('@') + 1).replace(/^mongodb(\+srv)?:\/\//, '').replace(/\?.*$/s, '');
  return { uri, describe: `${name} (${shown})`, kind: 'uri', stop: stopNothing };
}

/** Of a server that somebody else runs. */
function stopNothing(): Promise<void> {
  return Promise.resolve();
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
