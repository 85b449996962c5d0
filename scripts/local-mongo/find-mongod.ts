import { findOnPath, isExecutable, run } from './programs.ts';
import type { Environment } from './programs.ts';
import { mongodEngine } from './engine.ts';
import type { Engine } from './engine.ts';

/** The version a `mongod` binary prints about itself, or undefined when it does not run on this machine. */
export async function mongodVersion(binary: string, env: Environment): Promise<string | undefined> {
  const { ok, output } = await run(binary, ['--version'], env, 10_000);
  return ok ? /db version v?(\S+)/.exec(output)?.[1] : undefined;
}

/**
 * Finds an installed `mongod`: the one MONGOMS_SYSTEM_BINARY names, else the first on PATH.
 *
 * Refuses with an error a MONGOMS_SYSTEM_BINARY that does not run; passes over one on PATH that does not (as on
 * processors without AVX), and says so.
 */
export async function findMongod(env: Environment, log: (line: string) => void): Promise<Engine | undefined> {
  const named = env['MONGOMS_SYSTEM_BINARY'];
  if (named !== undefined && named !== '') {
    const version = isExecutable(named) ? await mongodVersion(named, env) : undefined;
    if (version === undefined) throw new Error(`MONGOMS_SYSTEM_BINARY is ${named}, which is not a mongod that runs here. Cure: correct or unset it.`);
    return mongodEngine('mongod', named, version);
  }
  const found = findOnPath('mongod', env);
  if (found === undefined) return undefined;
  const version = await mongodVersion(found, env);
  if (version === undefined) log(`${found} does not run on this machine; looking for another database.`);
  return version === undefined ? undefined : mongodEngine('mongod', found, version);
}
