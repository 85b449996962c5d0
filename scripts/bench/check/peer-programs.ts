import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { localFolders } from '../../local-mongo.ts';
import { findOnPath, isExecutable, run, tail } from '../../local-mongo/programs.ts';
import type { Environment } from '../../local-mongo/programs.ts';

/** Where Go packages are that build the peers. */
const packages = { opa: 'github.com/open-policy-agent/opa@latest', openfga: 'github.com/openfga/openfga/cmd/openfga@latest' } as const;

const patience = 30 * 60_000;

/** The program of a peer, built once into the cache folder; null, with a notice, where that cannot be done. */
export async function findPeerProgram(
  name: keyof typeof packages, env: Environment, report: (line: string) => void,
): Promise<string | null> {
  const folder = join(localFolders.cache, 'go', 'bin');
  const file = join(folder, name);
  if (isExecutable(file)) return file;
  const go = findOnPath('go', env);
  if (go === undefined) {
    report(`${name} is left out: building it takes Go, which is not on the PATH.`);
    return null;
  }
  report(`${name} is being built, once; that takes some minutes`);
  await mkdir(folder, { recursive: true });
  const { ok, output } = await run(go, ['install', packages[name]], { ...env, GOBIN: folder }, patience);
  if (!ok) report(`${name} is left out: it cannot be built.\n${tail(output)}`);
  return ok ? file : null;
}
