import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { bundlePrograms } from './bundle.ts';
import { project } from './project.ts';

const roots = ['src', 'config', 'scripts', 'examples', 'test'];

/**
 * Compiles every TypeScript file of the project into `folder`; resolves with the URL of the module loader that serves them.
 *
 * `node --import <loader> file.ts` then runs a file as tsx would, without compiling it again, and a program from its bundle.
 * A file keeps its path. A file that changes meanwhile is not compiled again, so that a run tests one state of the source.
 */
export async function compileProject(folder: string): Promise<string> {
  const found = await Promise.all(roots.map((root) => readdir(join(project, root), { recursive: true })));
  const isOwn = (file: string): boolean => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.split(sep).includes('node_modules');
  const files = roots.flatMap((root, index) => (found[index] ?? []).filter(isOwn).map((file) => join(root, file)));
  await Promise.all([bundlePrograms(files, join(folder, 'bundles')), ...files.map((file) => compileFile(file, folder))]);
  // The loader itself runs before Node can load TypeScript: its files must have the names of JavaScript.
  for (const name of ['register-loader', 'loader']) await compileFile(join('scripts', 'test-run', `${name}.ts`), folder, `${name}.mjs`);
  const loader = pathToFileURL(join(folder, 'register-loader.mjs'));
  loader.searchParams.set('project', pathToFileURL(`${project}/`).href);
  return loader.href;
}

async function compileFile(file: string, folder: string, output = file): Promise<void> {
  const source = await readFile(join(project, file), 'utf8');
  const { code } = await transform(source, {
    // The source map names the source file only, because the compiled file keeps its path.
    loader: 'ts', format: 'esm', platform: 'node', target: 'node20', sourcefile: basename(file), sourcemap: 'inline', sourcesContent: false,
    // Express and the tests read the names of functions.
    keepNames: true,
  });
  const to = join(folder, output);
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, code);
}
