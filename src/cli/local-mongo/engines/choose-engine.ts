import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { downloadMongod } from './download-mongod.ts';
import type { Engine } from './engine.ts';
import { findMongod } from './find-mongod.ts';
import { installSecantus } from './install-secantus.ts';
import type { Environment } from './programs.ts';

interface Choice {
  dataFolder: string;
  cacheFolder: string;
  ephemeral: boolean;
  /** Taken if no `mongod` is found, in place of SecantusDB's server in Python. */
  fallback?: Engine | undefined;
  env: Environment;
  log: (line: string) => void;
}

/**
 * Chooses the local database server: an installed `mongod`, one from mongodb-memory-server, or else SecantusDB.
 *
 * Data of SecantusDB stays with SecantusDB even if a `mongod` appears later: the new server would start empty, as if all
 * data were gone.
 */
export async function chooseEngine(choice: Choice): Promise<Engine> {
  const keeps = (folder: Engine['folder']): boolean => !choice.ephemeral && existsSync(join(choice.dataFolder, folder));
  if (keeps('secantusdb')) return await installSecantus(choice);
  const engine = await findMongod(choice.env, choice.log)
    ?? await downloadMongod(choice)
    ?? choice.fallback
    ?? await installSecantus(choice);
  if (keeps('mongod') && engine.folder !== 'mongod') {
    choice.log(`${join(choice.dataFolder, 'mongod')} holds data of a mongod that is not installed any more; it stays as it is.`);
  }
  return engine;
}
