import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runsFromSource } from '../../../errors/command-text.ts';
import type { Engine } from './engine.ts';
import { secantusEngine } from './engine.ts';
import { findOnPath, isExecutable, run, tail } from './programs.ts';
import type { Environment } from './programs.ts';

const version = '0.7.0b3';
/** After this time in ms, a half-made installation is of a process that was killed. */
const abandonedAfter = 3_600_000;
const ownAddress = runsFromSource ? 'MONGODB_URI (TEST_MONGODB_URI for tests)' : 'MONGODB_URI';
const otherWays = `or install MongoDB so that \`mongod\` is on PATH, or set ${ownAddress}`;

interface Installation {
  cacheFolder: string;
  env: Environment;
  log: (line: string) => void;
}

/**
 * Installs SecantusDB from PyPI into a virtual environment in the cache folder, unless it is there and works.
 *
 * A damaged environment is replaced. A new one is built in another folder and renamed in the end, so that two processes
 * that install at once both get the same complete one. Rejects, with a cure, without Python 3.10 and if pip fails.
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
  // An empty configuration: a secantusd.toml in the user's home folder must not change what runs here.
  const configuration = join(home, 'secantusd.toml');
  await writeFile(configuration, '');
  return secantusEngine([...programIn(home), '--config', configuration], version);
}

/** Interpreter and script: the script cannot be run alone, because its first line names the folder in which it was built. */
function programIn(home: string): [python: string, script: string] {
  return [join(home, 'bin', 'python'), join(home, 'bin', 'secantusd-py')];
}

async function works(home: string, env: Environment): Promise<boolean> {
  return await fault(home, env) === undefined;
}

/** Why an environment does not work; undefined if it works. */
async function fault(home: string, env: Environment): Promise<string | undefined> {
  const [python, script] = programIn(home);
  if (!isExecutable(python) || !isExecutable(script)) return `${home} is not complete`;
  // Loads the whole server (0.4 s): a missing file of a dependency is found here, and not later in a log.
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
  const others = found.length > 0 ? ` (${found.join(', ')})` : '';
  throw new Error(
    `The local database SecantusDB needs Python 3.10 or newer, and there is none on PATH${others}` +
    `. Cure: install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python3), ${otherWays}.`,
  );
}

async function build(python: string, folder: string, env: Environment): Promise<void> {
  const made = await run(python, ['-m', 'venv', folder], env, 120_000);
  if (!made.ok) {
    throw new Error(
      `A Python environment for SecantusDB could not be created:\n${tail(made.output)}\n` +
      `Cure: install Python's venv and pip (Debian, Ubuntu: apt-get install python3-venv), ${otherWays}.`,
    );
  }
  // To compile all in advance takes four times as long as the rest; Python compiles what it loads anyway.
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--prefer-binary', '--no-compile'];
  const pip = ['-m', 'pip', 'install', ...options, `SecantusDB==${version}`];
  // With pip's setting "install for this user", an installation in an environment fails.
  const installed = await run(join(folder, 'bin', 'python'), pip, { ...env, PIP_USER: '0' }, 900_000);
  const wrong = installed.ok ? await fault(folder, env) : installed.output;
  if (wrong !== undefined) {
    throw new Error(
      `SecantusDB ${version} could not be installed from PyPI:\n${tail(wrong)}\n` +
      `Cure: check the network and pip's settings (PIP_INDEX_URL, HTTPS_PROXY) and start again, ${otherWays}.`,
    );
  }
}

/** Renames a complete environment into place, unless another process has put a working one there. */
async function putInPlace(aside: string, home: string, env: Environment): Promise<void> {
  // Fails if the folder exists: of several processes at once only the first succeeds, and it runs from there at once.
  if (await rename(aside, home).then(() => true, () => false)) return;
  if (await works(home, env)) return;
  const broken = `${home}.broken-${String(process.pid)}-${String(Date.now())}`;
  await rename(home, broken).catch(() => undefined);
  await rm(broken, { recursive: true, force: true });
  await rename(aside, home).catch(async (error: unknown) => {
    if (!(await works(home, env))) throw error;
  });
}

/** Removes what killed installations left behind. */
async function removeAbandoned(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!/^secantusdb-.*\.(building|broken)-/.test(name)) continue;
    const path = join(cacheFolder, name);
    const age = await stat(path).then(({ mtimeMs }) => Date.now() - mtimeMs, () => 0);
    if (age > abandonedAfter) await rm(path, { recursive: true, force: true });
  }
}
