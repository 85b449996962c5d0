import type { FieldError } from '../../errors/errors.ts';
import { isMethod } from '../urls/method.ts';
import type { Method } from '../urls/method.ts';
import type { AccessClass } from '../urls/registered-url.ts';
import type { Endpoint, UrlRegistry } from '../urls/url-registry.ts';
import { parsePattern } from '../urls/url-pattern.ts';

/** One URL a role may reach, as stored. */
export interface Right {
  readonly name: string;
  readonly path: string;
  readonly url: string;
  /** Absent: every method the URL serves. */
  readonly methods?: readonly Method[];
  /** The URL's access class when the right was granted. */
  readonly access: AccessClass;
}

/** A right as a client sends it: a URL, alone or with methods. The stored name and path are those of the registered URL. */
export type RightInput = string
  | { readonly url: string; readonly methods?: readonly string[]; readonly name?: string; readonly path?: string };

export interface ResolvedRights {
  readonly rights: Right[];
  /** URLs or methods that are not registered. */
  readonly unregistered: FieldError[];
  /** Config URLs, which this role cannot have. */
  readonly config: FieldError[];
}

/**
 * Converts sent rights to stored ones, spelled as registered, and lists those that cannot be granted.
 *
 * `isTenantAdmin`: for the admin role of a tenant, which may have some of the config URLs.
 */
export function resolveRights(
  registry: UrlRegistry, inputs: readonly RightInput[], field: string, isTenantAdmin = false,
): ResolvedRights {
  const isForbidden = (endpoint: Endpoint) => endpoint.access === 'config' && !(isTenantAdmin && endpoint.tenantAdmin);
  const rights = new Map<string, Right>();
  const unregistered: FieldError[] = [];
  const config: FieldError[] = [];
  for (const [index, input] of inputs.entries()) {
    const { url, methods } = typeof input === 'string' ? { url: input } : input;
    const at = `${field}[${index}]`;
    const entry = registry.entriesOf(url)[0];
    const endpoints = registry.endpointsOf(url);
    const unknownMethods = (methods ?? []).filter((method) => !endpoints.some((endpoint) => endpoint.method === method));
    const covered = methods ? endpoints.filter((endpoint) => methods.includes(endpoint.method)) : endpoints;
    if (!entry) unregistered.push({ field: at, message: `${url} is not registered${methodIn(url)}` });
    else if (unknownMethods.length > 0) {
      unregistered.push({ field: at, message: `${unknownMethods.join(', ')} ${entry.url} is not registered` });
    } else if (covered.some(isForbidden)) config.push({ field: at, message: `${entry.url} is a config URL` });
    else {
      const strictest = (['config', 'auth'] as const).find((one) => covered.some((endpoint) => endpoint.access === one));
      const access = strictest ?? covered[0]?.access ?? entry.access;
      const known = methods?.filter(isMethod);
      const { name, path, url: registered } = entry;
      addRight(rights, { name, path, url: registered, ...(known && { methods: [...new Set(known)].sort() }), access });
    }
  }
  return { rights: [...rights.values()], unregistered, config };
}

/** How to name methods, if a text such as `GET /news` was sent for a URL. */
export function methodIn(url: string): string {
  const [, method = '', path = ''] = /^([A-Z]+) +(\/\S*)$/.exec(url) ?? [];
  return isMethod(method) ? `: name the method apart from the URL, as in { "url": "${path}", "methods": ["${method}"] }` : '';
}

/** Merges rights. Each URL is listed once, with all methods. A stale right stays beside the right that opens the URL now. */
export function uniteRights(rights: readonly Right[]): Right[] {
  const united = new Map<string, Right>();
  for (const right of rights) addRight(united, right);
  return [...united.values()];
}

/** Adds rights. Granting a URL again replaces a right that became stale because the access class changed. */
export function grantRights(held: readonly Right[], granted: readonly Right[]): Right[] {
  const access = new Map(granted.map((right) => [rightKey(right), right.access]));
  return uniteRights([...held.filter((right) => (access.get(rightKey(right)) ?? right.access) === right.access), ...granted]);
}

function addRight(rights: Map<string, Right>, right: Right): void {
  const key = `${right.access} ${rightKey(right)}`;
  const held = rights.get(key);
  if (!held) rights.set(key, right);
  else if (held.methods && right.methods) rights.set(key, { ...held, methods: [...new Set([...held.methods, ...right.methods])].sort() });
  else rights.set(key, withoutMethods(held));
}

/** Removes rights: the whole URL if no methods are named, else only those methods. */
export function subtractRights(
  rights: readonly Right[], removed: readonly Right[], servedBy: (right: Right) => readonly Method[],
): Right[] {
  const removals = new Map<string, Right[]>();
  for (const right of removed) removals.set(rightKey(right), [...(removals.get(rightKey(right)) ?? []), right]);
  return rights.flatMap((right) => {
    const removal = removals.get(rightKey(right));
    if (!removal) return [right];
    if (removal.some(({ methods }) => !methods)) return [];
    const gone = new Set(removal.flatMap(({ methods }) => methods ?? []));
    const covered = right.methods ?? servedBy(right);
    const left = covered.filter((method) => !gone.has(method));
    if (left.length === 0) return [];
    return [left.length === covered.length ? right : { ...right, methods: left }];
  });
}

/** Equal for two rights to the same URL, whatever its spelling, the methods and the access class. */
export function rightKey({ url }: Pick<Right, 'url'>): string {
  try {
    return parsePattern(url).shape;
  } catch {
    return url.toLowerCase(); // such a URL cannot be registered, so it equals only itself
  }
}

function withoutMethods({ name, path, url, access }: Right): Right {
  return { name, path, url, access };
}

/** The endpoints that a stored right opens now: none if the URL is no longer registered or its access class changed. */
export function endpointsOfRight(registry: UrlRegistry, right: Right): Endpoint[] {
  return registry.endpointsOf(right.url).filter((endpoint) =>
    endpoint.access === right.access && (!right.methods || right.methods.includes(endpoint.method)));
}

/** Whether a stored right no longer opens anything and has to be granted again. */
export function isStale(registry: UrlRegistry, right: Right): boolean {
  return endpointsOfRight(registry, right).length === 0;
}
