import { methods } from './method.ts';
import type { Method } from './method.ts';
import { parseUrlPermission } from './url-permission.ts';
import type { UrlPermission } from './url-permission.ts';
import { joinUrl, parsePattern } from './url-pattern.ts';
import type { UrlPattern } from './url-pattern.ts';

/** simple: public; auth: needs a session that holds the right; config: the same, but held by superadmins alone, and where it says so by a tenant's admin. */
export type AccessClass = 'simple' | 'auth' | 'config';

/** A name below a root: text, or with the methods it stands for, or served by a backend behind the gate. */
export type UrlName = string | {
  readonly name: string;
  readonly methods?: readonly Method[];
  readonly external?: boolean;
  /** Needed besides the right, with the URL's parameters: `read:projects/:projectId`. */
  readonly permission?: string;
  /** Of a config URL: the admin of a tenant holds it too, and acts on that tenant alone. */
  readonly tenantAdmin?: boolean;
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
  /** Served by a backend behind the gate, so no route of this app needs to. */
  readonly external: boolean;
  /** What is needed besides the right. */
  readonly permission?: UrlPermission;
  /** A config URL that the admin of a tenant holds as well. */
  readonly tenantAdmin: boolean;
  readonly pattern: UrlPattern;
}

/** Lists all URLs of the declarations in their order. Throws an Error that names a URL nobody can register. */
export function listUrls(declarations: readonly UrlDeclaration[]): RegisteredUrl[] {
  return declarations.flatMap((declaration) =>
    (['simple', 'auth', 'config'] as const).flatMap((access) =>
      Object.entries(declaration[access] ?? {}).flatMap(([root, names]) => names.map((name) => register(root, name, access)))));
}

function register(root: string, declared: UrlName, access: AccessClass): RegisteredUrl {
  const entry = typeof declared === 'string' ? { name: declared } : declared;
  const pattern = parsePattern(joinUrl(root, entry.name));
  if (entry.permission !== undefined && access === 'simple') throw new Error(`"${pattern.url}" is simple and names a permission, which nobody would be asked for.`);
  if (entry.tenantAdmin && access !== 'config') throw new Error(`"${pattern.url}" is ${access} and says tenantAdmin, which is for config URLs alone.`);
  if (entry.methods?.length === 0) throw new Error(`"${pattern.url}" is registered with an empty list of methods.`);
  return {
    name: entry.name,
    path: root,
    url: pattern.url,
    access,
    ...(entry.methods && { methods: entry.methods }),
    external: entry.external ?? false,
    tenantAdmin: entry.tenantAdmin ?? false,
    ...(entry.permission !== undefined && { permission: parseUrlPermission(entry.permission, pattern) }),
    pattern,
  };
}

/** The methods an entry could stand for, before it is known what is served. */
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
 * URLs that differ only in letter case, a trailing slash or parameter names are the same to Express, hence here.
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
