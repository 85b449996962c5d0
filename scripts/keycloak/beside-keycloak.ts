import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../src/cli/local-mongo/engines/programs.ts';
import { usesKeycloak } from '../test-run/choose-files.ts';
import { findBuiltKeycloak, requireProgram } from './build-keycloak.ts';
import { launchKeycloak } from './run-keycloak.ts';
import type { LaunchedKeycloak } from './run-keycloak.ts';

export interface Surroundings {
  /** The test files of the run. */
  readonly files: readonly string[];
  /** Where the built Keycloak is. */
  readonly cacheFolder: string;
  readonly env: Environment;
  readonly log: (line: string) => void;
}

/**
 * Does some work beside one Keycloak, if one of the test files uses it. Its tests find it by the text that the work gets, as
 * TEST_KEYCLOAK. It starts while the work goes on already, and ends with the work.
 *
 * Where it cannot be started, a line of the log says why, and the work gets nothing: the tests that need it then fail.
 */
export async function besideKeycloak<T>(surroundings: Surroundings, work: (keycloak: string | undefined) => Promise<T>): Promise<T> {
  const { files, log } = surroundings;
  const keycloak = files.some(usesKeycloak) ? await launchThrowAway(surroundings).catch((error: unknown) => {
    log(error instanceof Error ? error.message : String(error));
  }) : undefined;
  if (!keycloak) return await work(undefined);
  try {
    const { pid, logFile } = keycloak;
    log(`Tests use Keycloak (local, pid ${String(pid)}), data thrown away at the end`);
    return await work(JSON.stringify({ pid, logFile }));
  } finally {
    await keycloak.stop();
  }
}

async function launchThrowAway({ cacheFolder, env }: Surroundings): Promise<LaunchedKeycloak> {
  const built = findBuiltKeycloak({ cacheFolder });
  if (!built) throw new Error('Keycloak is not built. Cure: npm run build-keycloak');
  const java = requireProgram('java', env);
  return await launchKeycloak({ java, ...built, folder: await mkdtemp(join(tmpdir(), 'gatehouse-keycloak-')), isThrowAway: true, env });
}
