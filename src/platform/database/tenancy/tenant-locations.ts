import { LRUCache } from 'lru-cache';
import { AppError } from '../../../errors/errors.ts';
import { defaultTenantId } from './tenant-scope.ts';
import { cacheLimit } from '../../cache/cache-limit.ts';

/** Where the rows of a tenant are: in the shared database, or in a database of its own. */
export const isolations = ['shared', 'database'] as const;
export type Isolation = (typeof isolations)[number];

/** The locations of tenants, as far as this node has read them. */
export interface TenantLocations {
  /** Stores the location of a tenant that was read just now. */
  record(tenantId: string, isolation: Isolation | 'moving'): void;
  /** Whether the location stays valid for the longest duration of a request, 5 s. */
  isKnown(tenantId: string): boolean;
  /**
   * The location of a tenant. The default tenant and the id `none`, which belongs to no tenant, are always in the shared database.
   *
   * Throws `tenant-moving` while the tenant is being moved. Throws `not-ready` if the tenant was not read within the last 10 s:
   * code that reads rows must read the tenant first.
   */
  of(tenantId: string): Isolation;
}

/** How long a node uses a location that it has read, in ms. A move waits for longer than this before it copies rows. */
export const locationLifetime = 10_000;

/** Longest duration of a request that uses a location, in ms. */
const requestLifetime = 5_000;

const maxKnown = 10_000;

/** The default tenant, and the id that belongs to no tenant. */
const fixed = new Set([defaultTenantId, 'none']);

/** Creates the locations of tenants. `monotonic` is in ms and never goes back. */
export function createTenantLocations(monotonic: () => number = () => performance.now()): TenantLocations {
  const known = new LRUCache<string, { readonly isolation: Isolation | 'moving'; readonly at: number }>(cacheLimit(maxKnown));

  function find(tenantId: string, lifetime = locationLifetime): Isolation | 'moving' | undefined {
    if (fixed.has(tenantId)) return 'shared';
    const location = known.get(tenantId);
    return location && monotonic() - location.at <= lifetime ? location.isolation : undefined;
  }

  return {
    record(tenantId, isolation) {
      known.set(tenantId, { isolation, at: monotonic() });
    },
    isKnown: (tenantId) => !['moving', undefined].includes(find(tenantId, locationLifetime - requestLifetime)),
    of(tenantId) {
      const isolation = find(tenantId);
      if (!isolation) throw new AppError('not-ready');
      if (isolation === 'moving') throw new AppError('tenant-moving');
      return isolation;
    },
  };
}
