import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { project } from './project.ts';

/**
 * Files that tests start as processes or threads, by how they are named.
 *
 * Not the benchmarks themselves, nor the server of Fastify: their packages may not be installed.
 */
const names = [
  'src/main', 'src/cli/cli', 'src/.*\\.worker',
  'scripts/bench/(?!gate/fastify).*\\.(server|worker)',
  'examples/.*/main', 'test/.*-node',
];
const program = new RegExp(`^(${names.join('|')})\\.ts$`);
/** Packages that read files beside their own code. */
const external = ['piscina', 'mongodb-memory-server*'];

/**
 * Bundles the programs among `files`, with the packages that they use, into `folder`, and lists them in its programs.json.
 *
 * A program starts in a third of the processor time from its bundle: Node finds and reads a few files instead of a
 * thousand. `import.meta` stays that of each source file.
 */
export async function bundlePrograms(files: readonly string[], folder: string): Promise<void> {
  const programs = files.filter((file) => program.test(file));
  // Packages in CommonJS call `require` for Node's own modules.
  const parent = JSON.stringify(pathToFileURL(join(project, 'package.json')).href);
  const banner = `import { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(${parent});`;
  await build({
    entryPoints: programs.map((file) => join(project, file)), outbase: project, outdir: folder, absWorkingDir: project,
    bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', keepNames: true, external,
    outExtension: { '.js': '.mjs' }, minifyWhitespace: true, logLevel: 'error', plugins: [ownMeta], banner: { js: banner },
  });
  await writeFile(join(folder, 'programs.json'), JSON.stringify(programs));
}

/** Replaces `import.meta` by its value outside a bundle. */
const ownMeta: Plugin = {
  name: 'own-meta',
  setup(setUp) {
    setUp.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: 'ts', resolveDir: dirname(path) };
    });
  },
};
