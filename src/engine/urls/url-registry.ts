import { methods } from './method.ts';
import type { Method } from './method.ts';
import type { AccessClass, RegisteredUrl } from './registered-url.ts';
import { patternLimits } from '../policies/resource-pattern.ts';
import { createUrlTrie } from './url-trie.ts';
import { parsePattern, trimPath } from './url-pattern.ts';
import type { UrlPermission } from './url-permission.ts';

/** One method of one registered URL. Rights open endpoints, and decisions are about them. */
export interface Endpoint {
  /** Position in this process's numbering; never stored, never sent. */
  readonly id: number;
  readonly method: Method;
  readonly url: string;
  /** Method and URL, as responses name them. */
  readonly label: string;
  /** Equal for all spellings of the pattern. */
  readonly shape: string;
  readonly access: AccessClass;
  /** A config URL that the admin of a tenant may hold. */
  readonly tenantAdmin: boolean;
  /** A wildcard or external URL, which handlers of `app.use` may serve. Only its own route may serve any other URL. */
  readonly isForHandlers: boolean;
  /** The login of the session must have been proved less than this many seconds ago; undefined for most URLs. */
  readonly recentLogin: number | undefined;
  /** A GET whose route must not run for HEAD. */
  readonly refusesHead: boolean;
  /** The permission that is needed besides the right. */
  readonly permission?: UrlPermission;
}

export type Lookup =
  | { readonly kind: 'found'; readonly endpoint: Endpoint }
  /** `refusesHead`: GET is among the methods, but HEAD is not served as GET. */
  | { readonly kind: 'other-methods'; readonly allow: readonly Method[]; readonly refusesHead?: true }
  | { readonly kind: 'unknown' };

export interface UrlRegistry {
  readonly urls: readonly RegisteredUrl[];
  readonly endpoints: readonly Endpoint[];
  /**
   * Finds the endpoint of a request. HEAD is looked up as GET, unless the route refuses HEAD.
   *
   * A path with more than `patternLimits.askedParts` parts is unknown.
   */
  lookUp(method: string, path: string): Lookup;
  /** The endpoints of a URL as written in a right (any letter case, any parameter names). */
  endpointsOf(url: string): readonly Endpoint[];
  /** The entries registered for a URL as written in a right. */
  entriesOf(url: string): readonly RegisteredUrl[];
}

/** Returns the methods that are served at a URL shape, for entries that name none. */
export type ServedMethods = (shape: string) => readonly Method[];

/** Whether the GET route at a URL shape refuses HEAD. */
export type RefusesHead = (shape: string) => boolean;

const unknown: Lookup = { kind: 'unknown' };

/**
 * Creates the registry: numbers every method of every registered URL and builds the trie that finds them.
 *
 * `served` returns the methods of entries that name none. Without it, and for external entries, all methods are meant.
 */
export function createUrlRegistry(
  urls: readonly RegisteredUrl[], served: ServedMethods = () => methods, refusesHead: RefusesHead = () => false,
): UrlRegistry {
  const endpoints: Endpoint[] = [];
  const trie = createUrlTrie<Endpoint>();
  const byShape = new Map<string, { entries: RegisteredUrl[]; endpoints: Endpoint[] }>();
  for (const entry of urls) {
    const { shape, segments } = entry.pattern;
    const group = byShape.get(shape) ?? { entries: [], endpoints: [] };
    byShape.set(shape, group);
    group.entries.push(entry);
    for (const method of entry.methods ?? (entry.external ? methods : served(shape))) {
      const endpoint: Endpoint = {
        id: endpoints.length, method, access: entry.access, label: `${method} ${entry.url}`, url: entry.url, shape,
        tenantAdmin: entry.tenantAdmin, recentLogin: entry.recentLogin,
        refusesHead: method === 'GET' && refusesHead(shape),
        isForHandlers: entry.external || segments.at(-1)?.kind === 'wildcard',
        ...(entry.permission && { permission: entry.permission }),
      };
      endpoints.push(endpoint);
      group.endpoints.push(endpoint);
      trie.add(entry.pattern, endpoint);
    }
  }
  const groupOf = (url: string) => byShape.get(shapeOfText(url));
  return {
    urls,
    endpoints,
    lookUp(method, path) {
      const wanted = method === 'HEAD' ? 'GET' : method;
      const trimmed = trimPath(path);
      if (hasTooManyParts(trimmed)) return unknown;
      const endpoint = trie.find(trimmed, (candidate) => (candidate.method === wanted ? candidate : undefined));
      return endpoint && !(endpoint.refusesHead && method === 'HEAD') ? { kind: 'found', endpoint } : allowedMethods(trimmed);
    },
    endpointsOf: (url) => groupOf(url)?.endpoints ?? [],
    entriesOf: (url) => groupOf(url)?.entries ?? [],
  };

  function allowedMethods(trimmed: string): Lookup {
    const allow = new Map<Method, Endpoint>();
    trie.find(trimmed, (endpoint) => { if (!allow.has(endpoint.method)) allow.set(endpoint.method, endpoint); });
    if (allow.size === 0) return unknown;
    const refuses = allow.get('GET')?.refusesHead === true;
    return { kind: 'other-methods', allow: methods.filter((method) => allow.has(method)), ...(refuses && { refusesHead: true }) };
  }
}

/** Counts the parts only if the text is long enough for too many. */
function hasTooManyParts(trimmed: string): boolean {
  return trimmed.length > patternLimits.askedParts && trimmed.split('/').length - 1 > patternLimits.askedParts;
}

function shapeOfText(url: string): string {
  try {
    return parsePattern(url).shape;
  } catch {
    return ''; // no shape is empty, so a text that is not a pattern is not registered
  }
}

/** The content of the Allow header: HEAD is added to GET, unless it is refused, and OPTIONS is always answered. */
export function allowHeader(allow: readonly Method[], refusesHead = false): string[] {
  return [...allow.flatMap((method) => (method === 'GET' && !refusesHead ? ['GET', 'HEAD'] : [method])), 'OPTIONS'];
}
