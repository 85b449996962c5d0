import { localFolders } from '../src/cli/local/local-folders.ts';
import { chooseEngine } from '../src/cli/local-mongo/engines/choose-engine.ts';
import type { Environment } from '../src/cli/local-mongo/engines/programs.ts';
import { atAddress, startLocalMongo } from '../src/cli/local-mongo/local-mongo.ts';
import type { LocalMongo } from '../src/cli/local-mongo/local-mongo.ts';
import { findBuiltSecantus } from './build-secantus.ts';

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
  const { data: dataFolder, cache: cacheFolder } = localFolders;
  const fallback = prefersFast ? findBuiltSecantus({ cacheFolder }) : undefined;
  return await startLocalMongo({ dataFolder, cacheFolder, ephemeral: true, fallback, env: withoutUri, ...(log && { log }) });
}

/** Downloads or installs the server that `npm start` would use, so that a later start need not wait for it. */
export async function prepareLocalMongo(env: Environment, log: (line: string) => void): Promise<void> {
  await chooseEngine({ dataFolder: localFolders.data, cacheFolder: localFolders.cache, ephemeral: true, env, log });
}

