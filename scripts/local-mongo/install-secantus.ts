import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { secantusEngine } from './engine.ts';
import { findOnPath, isExecutable, run, tail } from './programs.ts';
import type { Environment } from './programs.ts';

const version = '0.7.0b3';
const abandonedAfter = 3_600_000;
const otherWays = 'or install MongoDB so that `mongod` is on PATH, or set MONGODB_URI (TEST_MONGODB_URI for tests)';

interface Installation {
  cacheFolder: string;
  env: Environment;
  log: (line: string) => void;
}

/**
 * Makes SecantusDB ready to run in a virtual environment under the cache folder, installing it from PyPI the first time.
 *
 * A damaged or half-made environment is made anew. It is built aside and renamed into place, so that two processes
 * installing at once both end with the same whole one. Refuses, with a cure, without Python 3.10 or when pip fails.
 */
export async function installSecantus({ cacheFolder, env, log }: Installation): Promise<Engine> {
  const home = join(cacheFolder, `secantusdb-${version}`);
  if (!(await works(home, env))) {
    const python = await findPython(env);
    log(`Installing SecantusDB ${version} from PyPI into ${home} (once, about half a minute)...`);
    await mkdir(cacheFolder, { recursive: true });
    await removeAbandoned(cacheFolder);
    const aside = await mkdtemp(`${home}.building-`);
    try {
      await build(python, aside, env);
      await putInPlace(aside, home, env);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }
  // An empty configuration: a secantusd.toml lying in somebody's home folder must not change what runs here.
  const configuration = join(home, 'secantusd.toml');
  await writeFile(configuration, '');
  return secantusEngine([...programIn(home), '--config', configuration], version);
}

/** The interpreter and the script by name: the script's first line still names the folder it was built in. */
function programIn(home: string): [python: string, script: string] {
  return [join(home, 'bin', 'python'), join(home, 'bin', 'secantusd-py')];
}

async function works(home: string, env: Environment): Promise<boolean> {
  return await fault(home, env) === undefined;
}

/** What keeps an environment from working, or undefined. */
async function fault(home: string, env: Environment): Promise<string | undefined> {
  const [python, script] = programIn(home);
  if (!isExecutable(python) || !isExecutable(script)) return `${home} is not whole`;
  // Loads the whole server (0.4 s): a missing file of a dependency is found here and not as a riddle in a log.
  const { ok, output } = await run(python, ['-c', 'import secantus.cli'], env, 60_000);
  return ok ? undefined : output;
}

const printVersion = 'import sys; print(*sys.version_info[:3], sep="."); sys.exit(sys.version_info < (3, 10))';

async function findPython(env: Environment): Promise<string> {
  const found: string[] = [];
  for (const name of ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const python = findOnPath(name, env);
    if (python === undefined) continue;
    const { ok, output } = await run(python, ['-c', printVersion], env, 10_000);
    if (ok) return python;
    found.push(`${python} is ${tail(output, 1)}`);
  }
  throw new Error(
    'The local database SecantusDB needs Python 3.10 or newer, and there is none on PATH' + (found.length > 0 ? ` (${found.join(', ')})` : '') +
    `. Cure: install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python3), ${otherWays}.`,
  );
}

async function build(python: string, folder: string, env: Environment): Promise<void> {
  const made = await run(python, ['-m', 'venv', folder], env, 120_000);
  if (!made.ok) {
    throw new Error(
      `A Python environment for SecantusDB could not be made:\n${tail(made.output)}\n` +
      `Cure: install Python's venv and pip (Debian, Ubuntu: apt-get install python3-venv), ${otherWays}.`,
    );
  }
  // Compiling everything in advance takes four times as long as the rest; Python compiles what it loads anyway.
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--prefer-binary', '--no-compile'];
  const pip = ['-m', 'pip', 'install', ...options, `SecantusDB==${version}`];
  // A personal "install for this user" setting of pip fails inside an environment.
  const installed = await run(join(folder, 'bin', 'python'), pip, { ...env, PIP_USER: '0' }, 900_000);
  const wrong = installed.ok ? await fault(folder, env) : installed.output;
  if (wrong !== undefined) {
    throw new Error(
      `SecantusDB ${version} could not be installed from PyPI:\n${tail(wrong)}\n` +
      `Cure: check the network and pip's settings (PIP_INDEX_URL, HTTPS_PROXY) and start again, ${otherWays}.`,
    );
  }
}

async function putInPlace(aside: string, home: string, env: Environment): Promise<void> {
  // A whole one that appeared meanwhile stays: its maker is about to run from it.
  if (await works(home, env)) return;
  const broken = `${home}.broken-${String(process.pid)}-${String(Date.now())}`;
  await rename(home, broken).catch(() => undefined);
  await rm(broken, { recursive: true, force: true });
  try {
    await rename(aside, home);
  } catch (error) {
    if (!(await works(home, env))) throw error;
  }
}

/** Removes what installations that were killed half-way left behind. */
async function removeAbandoned(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!/^secantusdb-.*\.(building|broken)-/.test(name)) continue;
    const path = join(cacheFolder, name);
    const age = await stat(path).then(({ mtimeMs }) => Date.now() - mtimeMs, () => 0);
    if (age > abandonedAfter) await rm(path, { recursive: true, force: true });
  }
}
