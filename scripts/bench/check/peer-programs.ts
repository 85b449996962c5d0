import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { localFolders } from '../../../src/cli/local/local-folders.ts';
import { findOnPath, isExecutable, run, tail } from '../../../src/cli/local-mongo/engines/programs.ts';
import type { Environment } from '../../../src/cli/local-mongo/engines/programs.ts';

/** The Go packages that build the peers. */
const packages = { opa: 'github.com/open-policy-agent/opa@latest', openfga: 'github.com/openfga/openfga/cmd/openfga@latest' } as const;

/** How long a build may take, in ms. */
const patience = 30 * 60_000;

/** The program of a peer, built once into the cache folder; undefined, with a notice, if it cannot be built. */
export async function findPeerProgram(
  name: keyof typeof packages, env: Environment, reportProgress: (line: string) => void,
): Promise<string | undefined> {
  const folder = join(localFolders.cache, 'go', 'bin');
  const file = join(folder, name);
  if (isExecutable(file)) return file;
  const go = findOnPath('go', env);
  if (go === undefined) {
    reportProgress(`${name} is left out: to build it takes Go, which is not on the PATH.`);
    return undefined;
  }
  reportProgress(`Building ${name} (once, some minutes)...`);
  await mkdir(folder, { recursive: true });
  const { ok, output } = await run(go, ['install', packages[name]], { ...env, GOBIN: folder }, patience);
  if (!ok) reportProgress(`${name} is left out: it cannot be built.\n${tail(output)}`);
  return ok ? file : undefined;
}
