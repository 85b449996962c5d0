import { readFile } from 'node:fs/promises';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';

/** Where the compiled files are, and the project they were compiled from: URLs of folders, each ending with "/". */
export interface LoaderData {
  readonly folder: string;
  readonly project: string;
}

let folder = '';
let project = '';
const own = new Map([['gatehouse', 'src/index.ts'], ['gatehouse/verifier', 'src/verifier/index.ts']]);

export const initialize: InitializeHook<LoaderData> = (data) => {
  ({ folder, project } = data);
};

/** Resolves imports of the project's TypeScript; examples import the package by its name. */
export const resolve: ResolveHook = (specifier, context, next) => {
  const isInside = context.parentURL?.startsWith(project) === true && !context.parentURL.includes('/node_modules/');
  const file = isInside ? own.get(specifier) : undefined;
  if (file !== undefined) return { url: `${project}${file}`, format: 'module', shortCircuit: true };
  if (isInside && /^\.{1,2}\/.*\.ts$/.test(specifier)) return { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true };
  return next(specifier, context);
};

/** Answers the compiled text of a file of the project. */
export const load: LoadHook = async (url, context, next) => {
  const [path = ''] = url.split('?', 1);
  if (!path.startsWith(project) || !path.endsWith('.ts') || path.includes('/node_modules/')) return next(url, context);
  return { source: await readFile(new URL(path.slice(project.length), folder)), format: 'module', shortCircuit: true };
};
