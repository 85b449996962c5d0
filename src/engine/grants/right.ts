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

/** A right as somebody writes it: a URL, alone or with methods; name and path of a full right object follow from it. */
export type RightInput = string | { readonly url: string; readonly methods?: readonly string[]; readonly name?: string; readonly path?: string };

export interface ResolvedRights {
  readonly rights: Right[];
  /** URLs or methods that are not registered. */
  readonly unregistered: FieldError[];
  /** Config URLs, which no other role is given. */
  readonly config: FieldError[];
}

/**
 * Turns written rights into stored ones, spelled as registered, and names each that cannot be granted.
 *
 * `isTenantAdmin`: for the admin of a tenant, who may hold some of the config URLs.
 */
export function resolveRights(registry: UrlRegistry, inputs: readonly RightInput[], field: string, isTenantAdmin = false): ResolvedRights {
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
    if (!entry) unregistered.push({ field: at, message: `${url} is not registered` });
    else if (unknownMethods.length > 0) unregistered.push({ field: at, message: `${unknownMethods.join(', ')} ${entry.url} is not registered` });
    else if (covered.some((endpoint) => endpoint.access === 'config' && !(isTenantAdmin && endpoint.tenantAdmin))) config.push({ field: at, message: `${entry.url} is a config URL` });
    else {
      const access = (['config', 'auth'] as const).find((one) => covered.some((endpoint) => endpoint.access === one)) ?? covered[0]?.access ?? entry.access;
      const known = methods?.filter(isMethod);
      addRight(rights, { name: entry.name, path: entry.path, url: entry.url, ...(known && { methods: [...new Set(known)].sort() }), access });
    }
  }
  return { rights: [...rights.values()], unregistered, config };
}

/** Unites rights: a URL stands once, with the methods of all; a stale right stays beside the one that opens the URL now. */
export function uniteRights(rights: readonly Right[]): Right[] {
  const united = new Map<string, Right>();
  for (const right of rights) addRight(united, right);
  return [...united.values()];
}

/** Adds rights to those held; what was stale for its access class is replaced by being granted again. */
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

/** Takes rights away: a URL without methods altogether, else only the methods named. */
export function subtractRights(rights: readonly Right[], removed: readonly Right[], servedBy: (right: Right) => readonly Method[]): Right[] {
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

/** What makes two rights the same one, apart from methods and access class: a URL in any spelling. */
export function rightKey({ url }: Pick<Right, 'url'>): string {
  try {
    return parsePattern(url).shape;
  } catch {
    return url.toLowerCase(); // no URL could be registered like this, so nothing else is its equal
  }
}

function withoutMethods({ name, path, url, access }: Right): Right {
  return { name, path, url, access };
}

/** The endpoints a stored right opens now: none for what is no longer registered or changed its access class. */
export function endpointsOfRight(registry: UrlRegistry, right: Right): Endpoint[] {
  return registry.endpointsOf(right.url).filter((endpoint) =>
    endpoint.access === right.access && (!right.methods || right.methods.includes(endpoint.method)));
}

/** Whether a stored right opens nothing any more and has to be granted again. */
export function isStale(registry: UrlRegistry, right: Right): boolean {
  return endpointsOfRight(registry, right).length === 0;
}
