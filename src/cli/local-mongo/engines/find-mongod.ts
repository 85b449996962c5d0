import { findOnPath, isExecutable, run } from './programs.ts';
import type { Environment } from './programs.ts';
import { mongodEngine } from './engine.ts';
import type { Engine } from './engine.ts';

/** The version that a `mongod` binary prints, or undefined if it does not run on this machine. */
export async function mongodVersion(binary: string, env: Environment): Promise<string | undefined> {
  const { ok, output } = await run(binary, ['--version'], env, 10_000);
  return ok ? /db version v?(\S+)/.exec(output)?.[1] : undefined;
}

/**
 * Finds an installed `mongod`: the one that MONGOMS_SYSTEM_BINARY names, or else the first on PATH.
 *
 * Rejects if the one that is named does not run. Logs a notice if the one on PATH does not (as on processors without AVX).
 */
export async function findMongod(env: Environment, log: (line: string) => void): Promise<Engine | undefined> {
  const named = env['MONGOMS_SYSTEM_BINARY'];
  if (named !== undefined && named !== '') {
    const version = isExecutable(named) ? await mongodVersion(named, env) : undefined;
    if (version === undefined) {
      throw new Error(`MONGOMS_SYSTEM_BINARY is ${named}, which is not a mongod that runs here. Cure: correct or unset it.`);
    }
    return mongodEngine('mongod', named, version);
  }
  const found = findOnPath('mongod', env);
  if (found === undefined) return undefined;
  const version = await mongodVersion(found, env);
  if (version === undefined) log(`${found} does not run on this machine; looking for another database.`);
  return version === undefined ? undefined : mongodEngine('mongod', found, version);
}
