import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runsFromSource } from '../../../errors/command-text.ts';
import type { Engine } from './engine.ts';
import { secantusEngine } from './engine.ts';
import { installPythonPackage } from './python-environment.ts';
import type { Installation, PythonPackage } from './python-environment.ts';

const ownAddress = runsFromSource ? 'MONGODB_URI (TEST_MONGODB_URI for tests)' : 'MONGODB_URI';

const secantus = {
  name: 'SecantusDB', version: '0.7.0b3', programs: ['secantusd-py'], probe: 'import secantus.cli',
  otherWays: `or install MongoDB so that \`mongod\` is on PATH, or set ${ownAddress}`,
} as const satisfies PythonPackage;

/** Installs SecantusDB, unless it is there and works. Rejects, with a cure, without Python 3.10 and if pip fails. */
export async function installSecantus(installation: Installation): Promise<Engine> {
  const bin = await installPythonPackage(secantus, installation);
  // An empty configuration: a secantusd.toml in the user's home folder must not change what runs here.
  const configuration = join(dirname(bin), 'secantusd.toml');
  await writeFile(configuration, '');
  // The script cannot be run alone, because its first line names the folder in which it was built.
  const [script] = secantus.programs;
  return secantusEngine([join(bin, 'python'), join(bin, script), '--config', configuration], secantus.version);
}
