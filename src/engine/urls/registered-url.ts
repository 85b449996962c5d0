import { methods } from './method.ts';
import type { Method } from './method.ts';
import { parseUrlPermission } from './url-permission.ts';
import type { UrlPermission } from './url-permission.ts';
import { joinUrl, parsePattern } from './url-pattern.ts';
import type { UrlPattern } from './url-pattern.ts';

/** simple: public. auth: needs a session with the right. config: like auth, but only for superadmins and, if declared so, tenant admins. */
export type AccessClass = 'simple' | 'auth' | 'config';

/** A name below a root: a text, or an object with more details. */
export type UrlName = string | {
  readonly name: string;
  readonly methods?: readonly Method[];
  /** Served by a backend behind the gate. */
  readonly external?: boolean;
  /** Needed besides the right, with parameters of the URL: `read:projects/:projectId`. */
  readonly permission?: string;
  /** Only for a config URL: the admin of a tenant may call it too, and acts only on that tenant. */
  readonly tenantAdmin?: boolean;
  /** Needs a session whose login was proved less than this many seconds ago. For every method of the URL, and for every caller. */
  readonly recentLogin?: number;
};

/** `{ '/users/': ['login'] }` */
export type UrlsByRoot = Readonly<Record<string, readonly UrlName[]>>;

export interface UrlDeclaration {
  readonly simple?: UrlsByRoot;
  readonly auth?: UrlsByRoot;
  readonly config?: UrlsByRoot;
}

export interface RegisteredUrl {
  readonly name: string;
  /** The root it was declared under. */
  readonly path: string;
  readonly url: string;
  readonly access: AccessClass;
  /** Absent: every method the URL serves. */
  readonly methods?: readonly Method[];
  /** Served by a backend behind the gate, so this app needs no route for it. */
  readonly external: boolean;
  /** The permission that is needed besides the right. */
  readonly permission?: UrlPermission;
  /** A config URL that the admin of a tenant may call as well. */
  readonly tenantAdmin: boolean;
  /** The login of the session must have been proved less than this many seconds ago. */
  readonly recentLogin?: number;
  readonly pattern: UrlPattern;
}

/** Lists all URLs of the declarations in their order. Throws an Error that names a URL that cannot be registered. */
export function listUrls(declarations: readonly UrlDeclaration[]): RegisteredUrl[] {
  return declarations.flatMap((declaration) =>
    (['simple', 'auth', 'config'] as const).flatMap((access) =>
      Object.entries(declaration[access] ?? {}).flatMap(([root, names]) => names.map((name) => register(root, name, access)))));
}

function register(root: string, declared: UrlName, access: AccessClass): RegisteredUrl {
  const entry = typeof declared === 'string' ? { name: declared } : declared;
  const pattern = parsePattern(joinUrl(root, entry.name));
  if (entry.permission !== undefined && access === 'simple') {
    throw new Error(`"${pattern.url}" is simple and names a permission. Permissions are not checked on simple URLs.`);
  }
  if (entry.tenantAdmin && access !== 'config') {
    throw new Error(`"${pattern.url}" is ${access} and says tenantAdmin. Only config URLs can say that.`);
  }
  if (entry.recentLogin !== undefined) requireSeconds(entry.recentLogin, pattern.url, access);
  if (entry.methods?.length === 0) throw new Error(`"${pattern.url}" is registered with an empty list of methods.`);
  return {
    name: entry.name,
    path: root,
    url: pattern.url,
    access,
    ...(entry.methods && { methods: entry.methods }),
    external: entry.external ?? false,
    tenantAdmin: entry.tenantAdmin ?? false,
    ...(entry.recentLogin !== undefined && { recentLogin: entry.recentLogin }),
    ...(entry.permission !== undefined && { permission: parseUrlPermission(entry.permission, pattern) }),
    pattern,
  };
}

function requireSeconds(seconds: number, url: string, access: AccessClass): void {
  if (access === 'simple') throw new Error(`"${url}" is simple and says recentLogin. Simple URLs have no session.`);
  if (!Number.isSafeInteger(seconds) || seconds < 1) throw new Error(`"${url}" says recentLogin, which must be a whole number of seconds.`);
}

/** The methods that an entry may have, before it is known which ones are served. */
export function possibleMethods(entry: Pick<RegisteredUrl, 'methods'>): readonly Method[] {
  return entry.methods ?? methods;
}

/** One URL and method that two entries claim. */
export interface UrlConflict {
  readonly first: RegisteredUrl;
  readonly second: RegisteredUrl;
}

/**
 * Finds entries that claim the same URL and method, in one access class or in two.
 *
 * URLs that differ only in letter case, a trailing slash or parameter names are the same for Express, and therefore here.
 */
export function findConflicts(urls: readonly RegisteredUrl[]): UrlConflict[] {
  const claimed = new Map<string, RegisteredUrl>();
  const conflicts: UrlConflict[] = [];
  for (const second of urls) {
    const firsts = new Set<RegisteredUrl>();
    for (const method of possibleMethods(second)) {
      const key = `${method} ${second.pattern.shape}`;
      const first = claimed.get(key);
      if (first) firsts.add(first);
      else claimed.set(key, second);
    }
    for (const first of firsts) conflicts.push({ first, second });
  }
  return conflicts;
}
