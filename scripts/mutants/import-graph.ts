import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Which file of the project loads which, by their paths inside it. */
export interface ImportGraph {
  /** The files that load this one, directly or through others, with the number of imports between them; itself at 0. */
  reach(file: string): ReadonlyMap<string, number>;
}

const roots = ['src', 'config', 'scripts', 'examples', 'test'];
const own = new Map([['express-gatehouse', 'src/index.ts'], ['express-gatehouse/verifier', 'src/verifier/index.ts']]);

/** Reads the imports of every TypeScript file of a project; imports of types alone load nothing. */
export async function readImportGraph(project: string): Promise<ImportGraph> {
  const found = await Promise.all(
    roots.map(async (root) => (await readdir(join(project, root), { recursive: true })).map((file) => `${root}/${file}`)),
  );
  const importers = new Map<string, Set<string>>();
  await Promise.all(found.flat().filter((file) => file.endsWith('.ts')).map(async (file) => {
    for (const imported of importsOf(file, await readFile(join(project, file), 'utf8'))) {
      const known = importers.get(imported) ?? new Set();
      importers.set(imported, known.add(file));
    }
  }));

  return {
    reach(file) {
      const distances = new Map([[file, 0]]);
      for (const [each, distance] of distances) {
        for (const importer of importers.get(each) ?? []) if (!distances.has(importer)) distances.set(importer, distance + 1);
      }
      return distances;
    },
  };
}

/** Statements begin a line; a template that holds one at a line's start would add an import, which costs time and nothing else. */
const compiled = /^(?:import|export) (?!type )(?:[^;'"]* from )?'([^']+)'|\bimport\('([^']+)'\)/gm;

function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(compiled)].flatMap(([, fixed, late]) => {
    const specifier = fixed ?? late ?? '';
    return specifier.startsWith('.') ? join(file, '..', specifier) : own.get(specifier) ?? [];
  });
}
