import { readFile } from 'node:fs/promises';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';

/** The folder of the compiled files, and the project they were compiled from: URLs, each ending with "/". */
export interface LoaderData {
  readonly folder: string;
  readonly project: string;
}

let folder = '';
let project = '';
let bundles = '';
let programs: ReadonlySet<unknown>;
const own = new Map([['express-gatehouse', 'src/index.ts'], ['express-gatehouse/verifier', 'src/verifier/index.ts']]);

export const initialize: InitializeHook<LoaderData> = async (data) => {
  ({ folder, project } = data);
  bundles = `${folder}bundles/`;
  programs = new Set(JSON.parse(await readFile(new URL('programs.json', bundles), 'utf8')) as unknown[]); // bundle.ts has written paths
};

/** Resolves imports of the project's TypeScript; examples import the package by its name. */
export const resolve: ResolveHook = (specifier, context, next) => {
  const program = startedProgram(specifier, context.parentURL);
  if (program !== undefined) return { url: program, format: 'module', shortCircuit: true };
  // A package that a bundle does not contain is resolved as if the project imported it.
  if (context.parentURL?.startsWith(bundles) === true) {
    return next(specifier, { ...context, parentURL: specifier.startsWith('.') ? context.parentURL : project });
  }
  const isInside = context.parentURL?.startsWith(project) === true && !context.parentURL.includes('/node_modules/');
  const file = isInside ? own.get(specifier) : undefined;
  if (file !== undefined) return { url: `${project}${file}`, format: 'module', shortCircuit: true };
  if (isInside && /^\.{1,2}\/.*\.ts$/.test(specifier)) {
    return { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
};

/** The bundle of a file with which a process or thread starts; undefined if a file of the project imports it. */
function startedProgram(specifier: string, parent = ''): string | undefined {
  if (!specifier.startsWith(project) || parent.startsWith(project) && !parent.includes('/node_modules/')) return undefined;
  const path = specifier.slice(project.length);
  return programs.has(path) ? `${bundles}${path.replace(/ts$/, 'mjs')}` : undefined;
}

/** Loads the compiled text of a file of the project. */
export const load: LoadHook = async (url, context, next) => {
  const [path = ''] = url.split('?', 1);
  if (!path.startsWith(project) || !path.endsWith('.ts') || path.includes('/node_modules/')) return next(url, context);
  return { source: await readFile(new URL(path.slice(project.length), folder)), format: 'module', shortCircuit: true };
};
