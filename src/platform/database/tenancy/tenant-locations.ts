import { LRUCache } from 'lru-cache';
import { AppError } from '../../../errors/errors.ts';
import { defaultTenantId } from './tenant-scope.ts';
import { cacheLimit } from '../../cache/cache-limit.ts';

/** Where the rows of a tenant are: among those of others, or in a database of its own. */
export const isolations = ['shared', 'database'] as const;
export type Isolation = (typeof isolations)[number];

/** What this node knows of where tenants are kept. */
export interface TenantLocations {
  /** Notes what was read of a tenant just now. */
  record(tenantId: string, isolation: Isolation | 'moving'): void;
  /** Whether `of` will answer for as long as a request that begins now may take: 5 s. */
  isKnown(tenantId: string): boolean;
  /**
   * Where a tenant is kept. The default tenant, and tenants that nobody is of, are in the shared database for good.
   *
   * Throws `tenant-moving` while the tenant is being moved, and `not-ready` where it was not read within the last 10 s:
   * code that asks for rows must read the tenant first.
   */
  of(tenantId: string): Isolation;
}

/** How long a node goes by what it has read, in ms: a tenant that moves is suspended for longer than this before. */
export const locationLifetime = 10_000;

/** How long a request that goes by it may take, in ms. */
const requestLifetime = 5_000;

const maxKnown = 10_000;

/** Those that stand for nobody's tenant, beside the default one. */
const fixed = new Set([defaultTenantId, 'none']);

/** `monotonic` is in ms and never goes back. */
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
