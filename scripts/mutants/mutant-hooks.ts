import { readFileSync } from 'node:fs';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';

// Hooks of Node's module loader. They stand before those of a test run, which serve the compiled source.

/** What a worker hands in: the project and the folder of mutants as URLs that end with "/", and the number of the mutant that is tested. */
export interface MutantHooksData {
  readonly project: string;
  readonly mutants: string;
  readonly current: SharedArrayBuffer;
}

/** A mutant, as it is written down for the hooks. */
export interface StoredMutant {
  readonly file: string;
  readonly code: string;
  /** The files that load it: each is loaded again for this mutant, while all others are shared. */
  readonly reach: readonly string[];
}

let data: MutantHooksData;
let known: { readonly number: number; readonly file: string; readonly code: string; readonly reach: ReadonlySet<string> } | undefined;

export const initialize: InitializeHook<MutantHooksData> = (given) => { data = given; };

function current() {
  const number = Atomics.load(new Int32Array(data.current), 0);
  if (known?.number !== number) {
    const { file, code, reach } = JSON.parse(
      readFileSync(new URL(`${number}.json`, data.mutants), 'utf8'),
    ) as StoredMutant; // store-mutant.ts wrote it
    known = { number, file, code, reach: new Set(reach) };
  }
  return known;
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  const found = await next(specifier, context);
  if (!found.url.startsWith(data.project) || found.url.includes('/node_modules/')) return found;
  const { number, reach } = current();
  const [path = '', query] = found.url.slice(data.project.length).split('?');
  if (!reach.has(path)) return found;
  return { ...found, url: `${data.project}${path}?${query === undefined ? '' : `${query}&`}mutant=${number}` };
};

export const load: LoadHook = async (url, context, next) => {
  const mutant = /[?&]mutant=\d+$/.test(url) ? current() : undefined;
  const [path] = url.slice(data.project.length).split('?', 1);
  if (mutant && mutant.file === path) return { source: mutant.code, format: 'module', shortCircuit: true };
  return next(url, context);
};
