import { methods } from '../../engine/urls/method.ts';
import type { Method } from '../../engine/urls/method.ts';
import { findConflicts, possibleMethods } from '../../engine/urls/registered-url.ts';
import type { RegisteredUrl } from '../../engine/urls/registered-url.ts';
import type { UrlPattern } from '../../engine/urls/url-pattern.ts';
import type { Finding } from './census.types.ts';
import { isNamedIn } from './inspect-app.ts';
import type { AppLayers, ServedGuard, ServedHandler, ServedParam, ServedRoute } from './inspect-app.ts';
import { coversMount, isWildcard, meets, readPath } from './pattern-cover.ts';
import { findGateLast, findNoGate, findRoutesBelowPath } from './misplaced-gate.ts';
import { findShadows } from './shadowed-routes.ts';

/** What the census compares. */
export interface CensusInput {
  readonly urls: readonly RegisteredUrl[];
  readonly layers: AppLayers;
  /** Names of handlers that may run ahead of the gate. */
  readonly beforeGate: readonly string[];
  /** Names of handlers behind the gate that only prepare a request and never answer it, such as body parsers. */
  readonly afterGate: readonly string[];
}

/** One check of the census. */
export interface CensusCheck {
  readonly name: string;
  find(input: CensusInput): Omit<Finding, 'check'>[];
  /** Whether its findings are the only ones reported, because other checks would repeat the same mistake for each URL. */
  standsAlone?(input: CensusInput): boolean;
}

/**
 * All checks of the census. Together they ensure that Express runs the route that the gate decided about: the same URLs, the same
 * methods, the same precedence, and no way around the gate.
 */
export const censusChecks: readonly CensusCheck[] = [
  { name: 'gate-missing', find: findNoGate, standsAlone: ({ layers }) => layers.gateElsewhere.length > 0 },
  { name: 'ahead-of-gate', find: findAheadOfGate },
  { name: 'registered-twice', find: findRegisteredTwice },
  { name: 'unreadable-route', find: findUnreadable },
  { name: 'unreachable-method', find: findUnreachableMethods },
  { name: 'unregistered-route', find: findUnregistered },
  { name: 'registered-unserved', find: findUnserved },
  { name: 'shadowed-route', find: findShadowed },
  { name: 'uncovered-handler', find: findUncovered },
];

/** These checks run first. They find nothing that the others would miss. */
const placementChecks: readonly CensusCheck[] = [
  { name: 'gate-last', find: findGateLast, standsAlone: () => true },
  { name: 'routes-below-path', find: findRoutesBelowPath, standsAlone: () => true },
];

/** Compares the routes of an app with the registered URLs. An empty list means that they agree. */
export function takeCensus(input: CensusInput, checks: readonly CensusCheck[] = censusChecks): Finding[] {
  const findings: Finding[] = [];
  for (const check of [...placementChecks, ...checks]) {
    const found = check.find(input).map((finding) => ({ check: check.name, ...finding }));
    if (found.length > 0 && check.standsAlone?.(input)) return found;
    findings.push(...found);
  }
  return findings;
}

/** Returns the findings as a table for a terminal. */
export function printFindings(findings: readonly Finding[]): string {
  const width = (pick: (finding: Finding) => string) => Math.max(...findings.map((finding) => pick(finding).length));
  const [checkWidth, subjectWidth] = [width((finding) => finding.check), width((finding) => finding.subject)];
  return findings.map(({ check, subject, cure }) => `  ${check.padEnd(checkWidth)}  ${subject.padEnd(subjectWidth)}  ${cure}`).join('\n');
}

function findAheadOfGate({ layers, beforeGate }: CensusInput): Omit<Finding, 'check'>[] {
  return layers.beforeGate
    .filter((served) => served.kind === 'route' || !isNamedIn(beforeGate, served))
    .map((served) => ({
      subject: served.kind === 'route' ? served.paths.join(', ') : describeHandler(served),
      cure: served.kind === 'route' ? 'Declare this route after the authenticator.' : cureOfEarlyHandler(served.name),
    }));
}

/** The names of the handlers of Express that read bodies. */
const bodyReaders: readonly string[] = ['jsonParser', 'urlencodedParser', 'rawParser', 'textParser'];

/** Before the gate, a body would be read of every caller, also of one who is refused. */
function cureOfEarlyHandler(name: string): string {
  return bodyReaders.includes(name)
    ? `Move it behind app.use(gatehouse.authenticator), and name it in afterGate: "${name}". Read bodies only of requests that passed.`
    : 'Move it behind app.use(gatehouse.authenticator). Only if it must see refused requests too, as a logger, name it in beforeGate.';
}

function findRegisteredTwice({ urls }: CensusInput): Omit<Finding, 'check'>[] {
  return findConflicts(urls).map(({ first, second }) => ({
    subject: second.url,
    cure: first.access === second.access
      ? `It is registered twice as ${first.access} (the other URL is ${first.url}): keep one, or give them different methods.`
      : `It is registered as ${first.access} and as ${second.access}: keep one, or give them different methods.`,
  }));
}

function findUnreadable({ layers }: CensusInput): Omit<Finding, 'check'>[] {
  return routesOf(layers).flatMap(({ paths }) => paths.filter((path) => !readPath(path)).map((path) => ({
    subject: path, cure: 'Use only plain parts, whole :parameters and a *wildcard at the end, and one route for each path.',
  })));
}

function findUnreachableMethods({ layers }: CensusInput): Omit<Finding, 'check'>[] {
  return routesOf(layers).filter(({ otherMethods }) => otherMethods.length > 0).map(({ paths, otherMethods }) => ({
    subject: `${otherMethods.join(', ')} ${paths.join(', ')}`,
    cure: `Remove it: HEAD is served as GET, OPTIONS is answered by the gate, and other methods than ${methods.join(', ')} are refused.`,
  }));
}

function findUnregistered({ urls, layers }: CensusInput): Omit<Finding, 'check'>[] {
  const registered = new Set(urls.flatMap((entry) => possibleMethods(entry).map((method) => keyOf(method, entry.pattern))));
  return servedEndpoints(layers).filter(({ method, pattern }) => !registered.has(keyOf(method, pattern))).map(({ method, pattern }) => ({
    subject: `${method} ${pattern.url}`, cure: 'Register this URL as simple, auth or config, or remove the route.',
  }));
}

function findUnserved({ urls, layers, afterGate }: CensusInput): Omit<Finding, 'check'>[] {
  const endpoints = servedEndpoints(layers);
  const servedKeys = new Set(endpoints.map(({ method, pattern }) => keyOf(method, pattern)));
  const servedShapes = new Set(endpoints.map(({ pattern }) => pattern.shape));
  const prefixes = answeringHandlers(layers, afterGate).flatMap((handler) => handler.prefixes);
  return urls
    .filter((entry) => !entry.external && !(isWildcard(entry.pattern) && prefixes.some((prefix) => meets(entry.pattern, prefix))))
    .flatMap((entry) => (entry.methods
      ? entry.methods.filter((method) => !servedKeys.has(keyOf(method, entry.pattern))).map((method) => `${method} ${entry.url}`)
      : servedShapes.has(entry.pattern.shape) ? [] : [entry.url]))
    .map((subject) => ({ subject, cure: 'Serve this URL, mark it as external, or remove it from the declarations.' }));
}

function findShadowed({ layers }: CensusInput): Omit<Finding, 'check'>[] {
  return findShadows(servedEndpoints(layers)).map(({ earlier, later }) => ({
    subject: `${later.method} ${later.pattern.url}`, cure: `Declare it before ${earlier.pattern.url}, which gets its requests now.`,
  }));
}

function findUncovered({ urls, layers, afterGate }: CensusInput): Omit<Finding, 'check'>[] {
  const params = layers.afterGate.filter((served) => served.kind === 'param').filter((param) => !isNamedIn(afterGate, param));
  const handlers = answeringHandlers(layers, afterGate).filter((handler) => !handler.prefixes.every((prefix) => isCovered(prefix, urls)));
  return [...params, ...handlers].map((served) => ({
    subject: describeHandler(served),
    cure: 'Register a wildcard URL (*path) for it, make it a route, or, if it never answers a request, name it in afterGate.',
  }));
}

/** Handlers that may answer a request: all except those that are known to only prepare it. */
function answeringHandlers(layers: AppLayers, afterGate: readonly string[]): ServedHandler[] {
  return layers.afterGate.filter((served) => served.kind === 'handler').filter((handler) => !isNamedIn(afterGate, handler));
}

function isCovered(prefix: string, urls: readonly RegisteredUrl[]): boolean {
  return urls.some(({ pattern }) => isWildcard(pattern) && coversMount(pattern, prefix));
}

function routesOf(layers: AppLayers): ServedRoute[] {
  return layers.afterGate.filter((served) => served.kind === 'route');
}

/** Every method and readable path that routes behind the gate serve, in the order of Express. */
function servedEndpoints(layers: AppLayers): { method: Method; pattern: UrlPattern }[] {
  return routesOf(layers).flatMap((route) => route.paths.flatMap((path) => {
    const pattern = readPath(path);
    return pattern ? route.methods.map((method) => ({ method, pattern })) : [];
  }));
}

function keyOf(method: Method, pattern: UrlPattern): string {
  return `${method} ${pattern.shape}`;
}

function describeHandler(handler: ServedHandler | ServedGuard | ServedParam): string {
  return `${handler.name} at ${handler.prefixes.join(', ')}`;
}

/** Returns a function for the methods that an app serves at a URL. If no route serves the URL, handlers may serve all methods. */
export function servedMethods(layers: AppLayers): (shape: string) => readonly Method[] {
  const byShape = new Map<string, Method[]>();
  for (const { method, pattern } of servedEndpoints(layers)) byShape.set(pattern.shape, [...(byShape.get(pattern.shape) ?? []), method]);
  return (shape) => byShape.get(shape) ?? methods;
}
