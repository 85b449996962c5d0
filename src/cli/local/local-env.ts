import { existsSync } from 'node:fs';
import { join as joinPath, resolve } from 'node:path';
import { exit, isExit } from '../../process/exit-codes.ts';
import { isProduction } from '../../settings/load-settings.ts';
import { developmentSecrets } from './development-env.ts';
import { startLocalMongo } from '../local-mongo/local-mongo.ts';
import type { LocalMongo, LocalMongoOptions } from '../local-mongo/local-mongo.ts';
import { createLocalFolders, localFolders } from './local-folders.ts';

export interface LocalEnvironment {
  /** The environment, with all that a start on this machine needs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null in production, where the database is set. */
  readonly mongo: LocalMongo | null;
}

export interface PrepareOptions {
  /** Removes the local database at the end. */
  readonly ephemeral: boolean;
  /** Uses the local database of a running start, if there is one. */
  readonly join?: boolean;
  /** Folder of the local database and its secrets; the one of `localFolders` by default. */
  readonly data?: string | undefined;
  readonly log: (line: string) => void;
}

/**
 * Reads .env and, unless this is production, adds a local database, secrets of this machine and a folder for mail.
 *
 * Adds nothing in production: there a missing setting must be set, and the start says so. Exit code 69 if no local database
 * can be started.
 */
export async function prepareEnvironment(options: PrepareOptions): Promise<LocalEnvironment> {
  const { ephemeral, join = false, data = localFolders.data, log } = options;
  if (existsSync('.env')) process.loadEnvFile('.env');
  if (isProduction(process.env)) return { env: process.env, mongo: null };
  const mongo = await startDatabase({ dataFolder: data, ephemeral, join, env: process.env, log });
  const given = withoutEmpty(process.env);
  const env = {
    ...developmentSecrets(data, { ephemeral }),
    ...(given['SMTP_URL'] === undefined && { MAIL_FOLDER: joinPath(mongo.throwAway ?? resolve(data), 'mails') }),
    ...given,
    MONGODB_URI: mongo.kind === 'uri' ? mongo.uri : withDatabase(mongo.uri, 'gatehouse'),
  };
  return { env, mongo };
}

/** Finds or starts a local database. Exit code 69 if that is not possible, 71 if its port is in use. */
export async function startDatabase(options: Omit<LocalMongoOptions, 'cacheFolder'>): Promise<LocalMongo> {
  createLocalFolders();
  return await startLocalMongo({ ...options, cacheFolder: localFolders.cache }).catch((error: unknown) => {
    if (error instanceof Error && isExit(error)) throw error;
    throw exit('databaseUnavailable', error instanceof Error ? error.message : String(error), error);
  });
}

/** Names a database in a URI that names none. */
export function withDatabase(uri: string, name: string): string {
  const parsed = new URL(uri);
  parsed.pathname = `/${name}`;
  return parsed.href;
}

function withoutEmpty(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, text]) => text !== undefined && text !== ''));
}
