import { existsSync } from 'node:fs';
import { developmentSecrets } from './development-env.ts';
import { localFolders, startLocalMongo } from './local-mongo.ts';
import type { LocalMongo } from './local-mongo.ts';

export interface LocalEnvironment {
  /** The environment with what a start on this machine still lacks. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absent in production, which is given its database. */
  readonly mongo: LocalMongo | null;
}

/**
 * Reads .env and, unless this is production, adds a local database and secrets made for this machine alone.
 *
 * Production gets nothing: what is missing there must be set, and the start says so.
 */
export async function prepareEnvironment(options: { readonly ephemeral: boolean; readonly log?: (line: string) => void }): Promise<LocalEnvironment> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  if (process.env['NODE_ENV'] === 'production') return { env: process.env, mongo: null };
  const { ephemeral, log } = options;
  const mongo = await startLocalMongo({ dataFolder: localFolders.data, ephemeral, env: process.env, ...(log && { log }) });
  const env = {
    ...developmentSecrets(localFolders.data, { ephemeral }),
    ...withoutEmpty(process.env),
    MONGODB_URI: mongo.kind === 'uri' ? mongo.uri : withDatabase(mongo.uri, 'gatehouse'),
  };
  return { env, mongo };
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
