import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../src/cli/local-mongo/engines/engine.ts';
import { secantusEngine } from '../src/cli/local-mongo/engines/engine.ts';
import { findOnPath, isExecutable, run, tail } from '../src/cli/local-mongo/engines/programs.ts';
import type { Environment } from '../src/cli/local-mongo/engines/programs.ts';

const version = '0.5.3-beta.193';
/** In ms. */
const buildLimit = 1_800_000;

interface Build {
  cacheFolder: string;
  env: Environment;
  log: (line: string) => void;
}

/** SecantusDB's server in Rust, for floods and large data: the one in Python is too slow for them. Undefined unless it has been built. */
export function findBuiltSecantus({ cacheFolder }: Pick<Build, 'cacheFolder'>): Engine | undefined {
  const program = programIn(cacheFolder);
  return isExecutable(program) ? secantusEngine([program], `${version} in Rust`, true) : undefined;
}

/**
 * Builds it into the cache folder, which takes some minutes the first time; says whether it is there.
 *
 * Without cargo it only logs a notice, and tests use a slow database. Rejects if the build fails.
 */
export async function buildSecantus({ cacheFolder, env, log }: Build): Promise<boolean> {
  if (findBuiltSecantus({ cacheFolder })) return true;
  const cargo = findOnPath('cargo', env);
  if (cargo === undefined) {
    log('SecantusDB in Rust is not built, because there is no cargo on PATH: tests that need a fast database run on a slow one.');
    return false;
  }
  log(`Building SecantusDB ${version} in Rust into ${rootIn(cacheFolder)} (once, some minutes)...`);
  await mkdir(cacheFolder, { recursive: true });
  // It states a newer Rust than it needs. With less optimization it is built in half the time, and is fast enough for the tests.
  const settings = { CARGO_PROFILE_RELEASE_LTO: 'off', CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16', CARGO_PROFILE_RELEASE_OPT_LEVEL: '1' };
  const options = ['install', 'secantus-mdb', '--version', version, '--ignore-rust-version', '--root', rootIn(cacheFolder)];
  const built = await run(cargo, options, { ...env, ...settings }, buildLimit);
  if (!built.ok) throw new Error(`SecantusDB ${version} in Rust could not be built:\n${tail(built.output)}`);
  return true;
}

function rootIn(cacheFolder: string): string {
  return join(cacheFolder, `secantusdb-rs-${version}`);
}

function programIn(cacheFolder: string): string {
  return join(rootIn(cacheFolder), 'bin', 'secantusd-rs');
}
