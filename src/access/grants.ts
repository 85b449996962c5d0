import { addBit, containsAll, createBitSet, hasBit } from './bit-set.ts';
import type { BitSet } from './bit-set.ts';
import { endpointsOfRight } from './right.ts';
import type { Right } from './right.ts';
import type { Endpoint, UrlRegistry } from './url-registry.ts';

/** Everything a caller may do, compiled for this process. */
export interface Grants {
  /** A superadmin's rights are all URLs of the running node, whatever is stored. */
  readonly isSuperadmin: boolean;
  readonly endpoints: BitSet;
}

/** Compiles a list of rights; stale ones open nothing, and config URLs open for a superadmin alone. */
export function compileGrants(registry: UrlRegistry, rights: readonly Right[], isSuperadmin: boolean): Grants {
  const endpoints = createBitSet(registry.endpoints.length);
  if (isSuperadmin) for (const endpoint of registry.endpoints) addBit(endpoints, endpoint.id);
  else {
    for (const right of rights) {
      for (const endpoint of endpointsOfRight(registry, right)) if (endpoint.access !== 'config') addBit(endpoints, endpoint.id);
    }
  }
  return { isSuperadmin, endpoints };
}

/** The answer to one request and what caused it. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: 'simple-url' | 'right' | 'right-missing';
  /** The right that allowed, or that is missing: "GET /admin/load-users". */
  readonly by: string;
}

/** Decides about one endpoint. Pure and total; what is not granted is refused. */
export function decide(grants: Grants | null, endpoint: Endpoint): Decision {
  const by = `${endpoint.method} ${endpoint.url}`;
  if (endpoint.access === 'simple') return { allowed: true, reason: 'simple-url', by };
  return grants && hasBit(grants.endpoints, endpoint.id) ? { allowed: true, reason: 'right', by } : { allowed: false, reason: 'right-missing', by };
}

/** Whether somebody with `own` may act on somebody with `other`: they hold at least as much. */
export function coversGrants(own: Grants, other: Grants): boolean {
  return (own.isSuperadmin || !other.isSuperadmin) && containsAll(own.endpoints, other.endpoints);
}
