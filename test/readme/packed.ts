import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { copyDocsFiles } from '../../scripts/copy-docs-files.ts';
import { root } from './read-pages.ts';

/**
 * Builds the package and packs it as for a registry; answers the tarball's path, in a folder of this name inside `folder`.
 *
 * Its declarations cost three quarters of the build.
 */
export async function packGatehouse(folder: string, { declarations = true } = {}): Promise<string> {
  const from = join(folder, 'packing');
  await mkdir(from);
  const { files } = await readPackage();
  for (const name of ['package.json', 'README.md', 'LICENSE', ...files.filter((name) => name !== 'dist')]) {
    await cp(join(root, name), join(from, name), { recursive: true });
  }
  await compile(root, '-p', 'tsconfig.build.json', '--outDir', join(from, 'dist'), ...(declarations ? ['--noCheck'] : [
    ...onlyTranslate, '--declaration', 'false',
  ]));
  await copyDocsFiles(join(from, 'dist'));
  await run('npm', ['pack', '--ignore-scripts'], from); // `prepack` has been done here, into this folder
  const { name, version } = await readPackage();
  return join(from, `${name}-${version}.tgz`);
}

/** Options of the compiler with which it reads no other file than the project's. */
export const onlyTranslate: readonly string[] = ['--noCheck', '--noResolve'];

/** Makes a project of a customer's that has installed a tarball, its peers, and the types that TypeScript asks for. */
export async function installIn(folder: string, tarball: string): Promise<void> {
  const { devDependencies } = await readPackage();
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const types = ['@types/express', '@types/node'].map((name) => `${name}@${devDependencies[name] ?? ''}`);
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, ...types], folder);
}

/** Runs this project's TypeScript compiler. */
export async function compile(cwd: string, ...args: string[]): Promise<void> {
  await run(process.execPath, [createRequire(import.meta.url).resolve('typescript/bin/tsc'), ...args], cwd);
}

/** Runs a program to its end; rejects, with what it printed, unless that is a success. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, NODE_OPTIONS: '' }; // those of the test run load what only this project has
  await promisify(execFile)(program, [...args], { cwd, env }).catch((error: unknown) => {
    const printed = error instanceof Error && 'stdout' in error
      && 'stderr' in error ? `${String(error.stdout)}${String(error.stderr)}` : '';
    throw new Error(`${program} ${args.join(' ')}: ${printed}`, { cause: error });
  });
}

async function readPackage() {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  return JSON.parse(
    text,
  ) as {
    readonly name: string; readonly version: string; readonly files: readonly string[];
    readonly devDependencies: Readonly<Record<string, string>>;
  }; // our own file
}
