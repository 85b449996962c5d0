import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, isExecutable, run, tail } from './programs.ts';
import type { Environment } from './programs.ts';

/** After this time in ms, a half-made installation is of a process that was killed. */
const abandonedAfter = 3_600_000;

/** A package on PyPI. */
export interface PythonPackage {
  /** As pip and people write it. */
  readonly name: string;
  readonly version: string;
  /** Programs that it brings. */
  readonly programs: readonly string[];
  /** Python code that loads the whole package: a missing file of a dependency is found here, and not later in a log. */
  readonly probe: string;
  /** Other ways to the same end, for messages: the rest of a sentence that begins with "or". */
  readonly otherWays?: string;
}

export interface Installation {
  readonly cacheFolder: string;
  readonly env: Environment;
  readonly log?: (line: string) => void;
}

/**
 * Installs a package from PyPI into a virtual environment in the cache folder, unless it is there and works. Returns the folder of its
 * programs, and of `python`.
 *
 * A damaged environment is replaced. A new one is built in another folder and renamed in the end, so that two processes
 * that install at once both get the same complete one. Rejects, with a cure, without Python 3.10 and if pip fails.
 */
export async function installPythonPackage(wanted: PythonPackage, { cacheFolder, env, log }: Installation): Promise<string> {
  const { name, version, programs, probe, otherWays } = wanted;
  const cureOf = (cure: string): string => `Cure: ${cure}${otherWays === undefined ? '' : `, ${otherWays}`}.`;
  const home = join(cacheFolder, `${name.toLowerCase()}-${version}`);

  /** Why an environment does not work; undefined if it works. */
  async function faultOf(folder: string): Promise<string | undefined> {
    const bin = join(folder, 'bin');
    if (!['python', ...programs].every((program) => isExecutable(join(bin, program)))) return `${folder} is not complete`;
    const { ok, output } = await run(join(bin, 'python'), ['-c', probe], env, 60_000);
    return ok ? undefined : output;
  }
  const works = async (): Promise<boolean> => await faultOf(home) === undefined;

  async function build(python: string, folder: string): Promise<void> {
    const made = await run(python, ['-m', 'venv', folder], env, 120_000);
    if (!made.ok) {
      throw new Error(
        `A Python environment for ${name} could not be created:\n${tail(made.output)}\n` +
        cureOf("install Python's venv and pip (Debian, Ubuntu: apt-get install python3-venv)"),
      );
    }
    // To compile all in advance takes four times as long as the rest; Python compiles what it loads anyway.
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--prefer-binary', '--no-compile'];
    const pip = ['-m', 'pip', 'install', ...options, `${name}==${version}`];
    // With pip's setting "install for this user", an installation in an environment fails.
    const installed = await run(join(folder, 'bin', 'python'), pip, { ...env, PIP_USER: '0' }, 900_000);
    const wrong = installed.ok ? await faultOf(folder) : installed.output;
    if (wrong !== undefined) {
      throw new Error(
        `${name} ${version} could not be installed from PyPI:\n${tail(wrong)}\n` +
        cureOf("check the network and pip's settings (PIP_INDEX_URL, HTTPS_PROXY) and start again"),
      );
    }
  }

  /** Renames a complete environment into place, unless another process has put a working one there. */
  async function putInPlace(aside: string): Promise<void> {
    // Fails if the folder exists: of several processes at once only the first succeeds, and it runs from there at once.
    if (await rename(aside, home).then(() => true, () => false)) return;
    if (await works()) return;
    const broken = `${home}.broken-${String(process.pid)}-${String(Date.now())}`;
    await rename(home, broken).catch(() => undefined);
    await rm(broken, { recursive: true, force: true });
    await rename(aside, home).catch(async (error: unknown) => {
      if (!(await works())) throw error;
    });
  }

  if (await works()) return join(home, 'bin');
  const python = await findPython(name, env, cureOf);
  log?.(`Installing ${name} ${version} from PyPI into ${home} (once, about half a minute)...`);
  await mkdir(cacheFolder, { recursive: true });
  await removeAbandoned(cacheFolder, name.toLowerCase());
  const aside = await mkdtemp(`${home}.building-`);
  try {
    await build(python, aside);
    await putInPlace(aside);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return join(home, 'bin');
}

const printVersion = 'import sys; print(*sys.version_info[:3], sep="."); sys.exit(sys.version_info < (3, 10))';

async function findPython(name: string, env: Environment, cureOf: (cure: string) => string): Promise<string> {
  const found: string[] = [];
  for (const program of ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const python = findOnPath(program, env);
    if (python === undefined) continue;
    const { ok, output } = await run(python, ['-c', printVersion], env, 10_000);
    if (ok) return python;
    found.push(`${python} is ${tail(output, 1)}`);
  }
  const others = found.length > 0 ? ` (${found.join(', ')})` : '';
  throw new Error(
    `${name} needs Python 3.10 or newer, and there is none on PATH${others}. ` +
    cureOf('install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python3)'),
  );
}

/** Removes what killed installations left behind. */
async function removeAbandoned(cacheFolder: string, prefix: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!name.startsWith(`${prefix}-`) || !/\.(building|broken)-/.test(name)) continue;
    const path = join(cacheFolder, name);
    const age = await stat(path).then(({ mtimeMs }) => Date.now() - mtimeMs, () => 0);
    if (age > abandonedAfter) await rm(path, { recursive: true, force: true });
  }
}
