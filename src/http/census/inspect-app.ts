import { METHODS } from 'node:http';
import type { Express, RequestHandler } from 'express';
import { isMethod, methods } from '../../engine/urls/method.ts';
import type { Method } from '../../engine/urls/method.ts';

/** A layer of router 2.3: a route or a handler. The types of the router leave it out, so it is read defensively. */
export interface Layer {
  handle: RequestHandler & Partial<RouterParts>;
  readonly name: string;
  readonly rawPath?: unknown;
  readonly route?: Route;
  /** In a route: the method of the layer in lower case; undefined for all methods. */
  readonly method?: string | undefined;
}

export interface Route {
  readonly methods: Record<string, boolean>;
  readonly stack: Layer[];
  all(handler: RequestHandler): unknown;
}

/** The layers that a router tries in order, and the handlers of parameters that it runs before them. */
export interface RouterParts {
  readonly stack: readonly Layer[];
  readonly params: Readonly<Record<string, readonly { readonly name: string }[]>>;
  readonly mergeParams?: boolean;
  readonly listRoutes: unknown;
}

/** A route of an app, at its full path. */
export interface ServedRoute {
  readonly kind: 'route';
  /** Full paths. A regular expression is given as its source. */
  readonly paths: readonly string[];
  /** The parts of these paths whose parameters its handlers see: a router without `mergeParams` hides those of its mount path. */
  readonly ownPaths: readonly string[];
  readonly methods: readonly Method[];
  /** Methods that the gate never passes to a route: HEAD, OPTIONS, TRACE, ... */
  readonly otherMethods: readonly string[];
  readonly route: Route;
}

/** A handler mounted by `app.use`, or a mounted app whose routes cannot be read. */
export interface ServedHandler {
  readonly kind: 'handler';
  readonly prefixes: readonly string[];
  readonly name: string;
  readonly layer: Layer;
}

/** A guard mounted by `app.use`. It only passes a request on or refuses it, so the gate need not decide about it. */
export interface ServedGuard {
  readonly kind: 'guard';
  readonly prefixes: readonly string[];
  readonly ownPaths: readonly string[];
  readonly name: string;
  readonly layer: Layer;
}

/** A handler of `app.param`. It runs before every route or handler that has the parameter. */
export interface ServedParam {
  readonly kind: 'param';
  readonly prefixes: readonly string[];
  readonly name: string;
}

export type Served = ServedRoute | ServedHandler | ServedGuard | ServedParam;

/** The routes and handlers of an app, in the order of Express, before and after its gate. */
export interface AppLayers {
  readonly beforeGate: readonly Served[];
  readonly afterGate: readonly Served[];
  /** False if the gate is not mounted on the app itself, at its root. */
  readonly hasGate: boolean;
  /** Other places where the gate is mounted, such as at a path or in a router. */
  readonly gateElsewhere: readonly string[];
  /** The router of the app and all routers mounted in it. */
  readonly routers: readonly RouterParts[];
}

/** Whether a handler is a guard. */
export type IsGuard = (handler: unknown) => boolean;

/** Reads the routes and handlers of an app and of all routers in it. Leaves out error handlers, because they only see failures. */
export function inspectApp(app: Express, gate: RequestHandler, isGuard: IsGuard = () => false): AppLayers {
  // The type of Express leaves out these internal parts of the router. The census tests fail if they change.
  const router = app.router as unknown as RouterParts;
  const gateIndex = router.stack.findIndex((layer) => layer.handle === gate && layer.rawPath === '/');
  const all = readStack(router.stack, [''], [''], isGuard);
  return {
    gateElsewhere: all.flatMap((served) => (
      served.kind === 'handler' && served.layer.handle === gate && served.layer !== router.stack[gateIndex] ? served.prefixes : [])),
    beforeGate: readStack(router.stack.slice(0, Math.max(gateIndex, 0)), [''], [''], isGuard),
    afterGate: [...readParams(router, ['']), ...readStack(router.stack.slice(gateIndex + 1), [''], [''], isGuard)],
    hasGate: gateIndex >= 0,
    routers: routersIn(router),
  };
}

function readStack(stack: readonly Layer[], prefixes: readonly string[], ownPrefixes: readonly string[], isGuard: IsGuard): Served[] {
  return stack.flatMap((layer): Served[] => {
    const below = (starts: readonly string[]) => starts.flatMap((prefix) => pathsOf(layer).map((path) => joinPaths(prefix, path)));
    const [paths, ownPaths] = [below(prefixes), below(ownPrefixes)];
    if (layer.route) return [{ kind: 'route', paths, ownPaths, ...methodsOf(layer.route), route: layer.route }];
    if (isRouter(layer.handle)) {
      const inner = layer.handle.mergeParams === true ? ownPaths : [''];
      return [...readParams(layer.handle, paths), ...readStack(layer.handle.stack, paths, inner, isGuard)];
    }
    if (layer.handle.length > 3) return [];
    if (isGuard(layer.handle)) return [{ kind: 'guard', prefixes: paths, ownPaths, name: layer.name, layer }];
    return [{ kind: 'handler', prefixes: paths, name: layer.name, layer }];
  });
}

function readParams({ params }: RouterParts, prefixes: readonly string[]): ServedParam[] {
  return Object.entries(params).flatMap(([param, handlers]) => handlers.map(({ name }) => (
    { kind: 'param', prefixes: prefixes.map((prefix) => joinPaths(prefix, `/:${param}`)), name: name === '' ? nameless : name })));
}

/** The name that Express gives to a handler without a name. */
const nameless = '<anonymous>';

/** Whether a host app named this handler. The shared names of nameless handlers and mounted apps do not count. */
export function isNamedIn(names: readonly string[], { name }: Pick<Layer, 'name'>): boolean {
  return name !== nameless && name !== 'mounted_app' && names.includes(name);
}

function routersIn(router: RouterParts): RouterParts[] {
  return [router, ...router.stack.flatMap(({ handle }) => (isRouter(handle) ? routersIn(handle) : []))];
}

// Routers of other frameworks have a different stack. They count as handlers whose routes cannot be read.
function isRouter(handle: RequestHandler & Partial<RouterParts>): handle is RequestHandler & RouterParts {
  return Array.isArray(handle.stack) && typeof handle.listRoutes === 'function' && handle.stack.every((layer) => 'rawPath' in layer);
}

function pathsOf(layer: Layer): string[] {
  const raw = Array.isArray(layer.rawPath) ? layer.rawPath : [layer.rawPath];
  return raw.map((path) => (typeof path === 'string' ? path : `regular expression ${String(path)}`));
}

// At a mount path, a path without a leading slash matches other URLs than the joined path.
function joinPaths(prefix: string, path: string): string {
  if (path === '' || path === '/') return prefix === '' ? '/' : prefix;
  if (!path.startsWith('/') && prefix !== '') return `${path} below ${prefix}`;
  return `${prefix.replace(/\/$/, '')}${path}`;
}

function methodsOf(route: Route): Pick<ServedRoute, 'methods' | 'otherMethods'> {
  const verbs = Object.keys(route.methods).filter((verb) => route.methods[verb]).map((verb) => verb.toUpperCase());
  if (route.methods['_all'] || METHODS.every((method) => verbs.includes(method))) return { methods, otherMethods: [] };
  return { methods: verbs.filter(isMethod), otherMethods: verbs.filter((verb) => !isMethod(verb)) };
}
