import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findOnPath, isExecutable, run, tail } from '../../src/cli/local-mongo/engines/programs.ts';
import type { Environment } from '../../src/cli/local-mongo/engines/programs.ts';

export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** Python code that fails unless the package works. */
  readonly probe: string;
}

/**
 * Installs a package from PyPI into a virtual environment of its own, unless it is there and works. Answers the path of its Python.
 *
 * It is built in another folder and renamed in the end, so that two processes at once both get a complete one. Rejects without
 * Python 3.10 and its venv, and if pip fails.
 */
export async function installPythonPackage(
  { name, version, probe }: PythonPackage, { cacheFolder, env }: { readonly cacheFolder: string; readonly env: Environment },
): Promise<string> {
  const home = join(cacheFolder, `${name}-${version}`);
  const pythonIn = (folder: string): string => join(folder, 'bin', 'python');
  const works = async (folder: string): Promise<boolean> => (
    isExecutable(pythonIn(folder)) && (await run(pythonIn(folder), ['-c', probe], env, 60_000)).ok);
  if (await works(home)) return pythonIn(home);
  const python = findOnPath('python3', env);
  if (python === undefined) throw new Error(`${name} needs Python 3.10 or newer: install python3 and python3-venv.`);
  await mkdir(dirname(home), { recursive: true });
  const aside = await mkdtemp(`${home}.building-`);
  try {
    await runOrThrow(python, ['-m', 'venv', aside], env, `A Python environment for ${name} could not be created`);
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--prefer-binary', '--no-compile'];
    const pip = ['-m', 'pip', 'install', ...options, `${name}==${version}`];
    await runOrThrow(pythonIn(aside), pip, { ...env, PIP_USER: '0' }, `${name} ${version} could not be installed from PyPI`);
    // A folder that is there does not work, or another process has just put it there.
    if (!(await works(home))) await rm(home, { recursive: true, force: true });
    await rename(aside, home).catch(() => undefined);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  if (!(await works(home))) throw new Error(`${name} ${version} was installed into ${home} but does not work: remove the folder.`);
  return pythonIn(home);
}

async function runOrThrow(file: string, args: string[], env: Environment, what: string): Promise<void> {
  const { ok, output } = await run(file, args, env, 900_000);
  if (!ok) throw new Error(`${what}:\n${tail(output)}`);
}
