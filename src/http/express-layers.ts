import type { Express, RequestHandler } from 'express';
import { isMethod, methods } from '../access/method.ts';
import type { Method } from '../access/method.ts';

/** What router 2.3 keeps of a route or handler; not in its types, so read defensively. */
export interface Layer {
  handle: RequestHandler & { readonly stack?: readonly Layer[] };
  readonly name: string;
  readonly rawPath?: unknown;
  readonly route?: Route;
}

export interface Route {
  readonly methods: Record<string, boolean>;
  readonly stack: Layer[];
  all(handler: RequestHandler): unknown;
}

/** A route of an app, at its full path. */
export interface ServedRoute {
  readonly kind: 'route';
  /** Full paths as text; a path that is no text (a regular expression) is given as its source. */
  readonly paths: readonly string[];
  readonly methods: readonly Method[];
  /** Verbs that the gate never lets through to a route of their own: HEAD, OPTIONS, TRACE, ... */
  readonly otherMethods: readonly string[];
  readonly route: Route;
}

/** A handler mounted by `app.use`, or a mounted app whose inside cannot be seen. */
export interface ServedHandler {
  readonly kind: 'handler';
  readonly prefixes: readonly string[];
  readonly name: string;
  readonly layer: Layer;
}

export type Served = ServedRoute | ServedHandler;

/** What an app serves, in the order in which Express tries it, split at its gate. */
export interface AppLayers {
  readonly beforeGate: readonly Served[];
  readonly afterGate: readonly Served[];
  /** False if the gate is not mounted on the app itself, at its root. */
  readonly hasGate: boolean;
}

/** Reads the routes and handlers of an app and of all routers in it. Error handlers, which only see failures, are left out. */
export function readApp(app: Express, gate: RequestHandler): AppLayers {
  // Express types its router without the stack that it documents as undocumented; the census tests fail if it ever moves.
  const stack = (app.router as unknown as { stack: readonly Layer[] }).stack;
  const gateIndex = stack.findIndex((layer) => layer.handle === gate && layer.rawPath === '/');
  return {
    beforeGate: readStack(stack.slice(0, Math.max(gateIndex, 0)), ['']),
    afterGate: readStack(stack.slice(gateIndex + 1), ['']),
    hasGate: gateIndex >= 0,
  };
}

function readStack(stack: readonly Layer[], prefixes: readonly string[]): Served[] {
  return stack.flatMap((layer): Served[] => {
    const paths = prefixes.flatMap((prefix) => pathsOf(layer).map((path) => joinPaths(prefix, path)));
    if (layer.route) return [{ kind: 'route', paths, ...methodsOf(layer.route), route: layer.route }];
    if (layer.handle.stack) return readStack(layer.handle.stack, paths);
    if (layer.handle.length > 3) return [];
    return [{ kind: 'handler', prefixes: paths, name: layer.name, layer }];
  });
}

function pathsOf(layer: Layer): string[] {
  const raw = Array.isArray(layer.rawPath) ? layer.rawPath : [layer.rawPath];
  return raw.map((path) => (typeof path === 'string' ? path : `regular expression ${String(path)}`));
}

function joinPaths(prefix: string, path: string): string {
  const joined = path.startsWith('/') ? `${prefix.replace(/\/$/, '')}${path}` : `${prefix}${path}`;
  return joined === '' ? '/' : joined;
}

function methodsOf(route: Route): Pick<ServedRoute, 'methods' | 'otherMethods'> {
  if (route.methods['_all']) return { methods, otherMethods: [] };
  const verbs = Object.keys(route.methods).filter((verb) => route.methods[verb]).map((verb) => verb.toUpperCase());
  return { methods: verbs.filter(isMethod), otherMethods: verbs.filter((verb) => !isMethod(verb)) };
}
