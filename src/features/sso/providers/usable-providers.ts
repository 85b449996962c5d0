import { LRUCache } from 'lru-cache';
import { createIsUsable, maxAge } from '../../../platform/cache/cache-entry.ts';
import type { CacheEntry, CacheEntryDeps } from '../../../platform/cache/cache-entry.ts';
import { cacheLimit } from '../../../platform/cache/cache-limit.ts';
import type { Invalidation } from '../../../platform/cache/invalidation.ts';
import type { ProviderSecrets } from '../provider.secrets.ts';
import type { ProviderStore } from '../provider.store.ts';
import type { IdentityProvider, UsableProvider } from '../provider.types.ts';

/** Providers with opened secrets, from the cache of this node. A change on any node removes a provider from all caches. */
export interface UsableProviders {
  /**
   * A provider at its live revision, or at this one, if it is the live or the newest one. Null if there is none.
   *
   * It may be inactive: see `status`. Throws if the secrets were sealed with another KEY_ENCRYPTION_KEY.
   */
  find(providerId: string, revision?: number): Promise<UsableProvider | null>;
}

export interface UsableProvidersDeps extends CacheEntryDeps {
  readonly store: Pick<ProviderStore, 'find'>;
  readonly secrets: Pick<ProviderSecrets, 'open'>;
  readonly tokensFor: Invalidation['tokensFor'];
}

interface Entry extends CacheEntry {
  readonly provider: IdentityProvider | null;
  /** By revision. */
  readonly usable: Map<number, UsableProvider>;
}

/** How many providers a node keeps. Each has a configuration of at most some kB. */
const maxKept = 5_000;

const idPattern = /^([A-Za-z0-9_-]{1,39})\.[0-9a-f]{24}$/;

/** The tenant that the id of a provider names; null if the text is no such id. */
export function tenantOfProvider(providerId: string): string | null {
  return idPattern.exec(providerId)?.[1] ?? null;
}

/** Creates the cache of usable providers. */
export function createUsableProviders({ store, secrets, tokensFor, clock, isFresh }: UsableProvidersDeps): UsableProviders {
  const kept = new LRUCache<string, Entry>(cacheLimit(maxKept));
  const isUsable = createIsUsable({ isFresh, clock });

  async function read(tenantId: string, providerId: string): Promise<Entry> {
    const validity = tokensFor(tenantId, providerId); // before the read: a change during the read ends them
    const expiresAt = clock() + maxAge;
    const entry: Entry = { provider: await store.find(tenantId, providerId), usable: new Map(), validity, expiresAt };
    kept.set(providerId, entry);
    return entry;
  }

  function toUsable({ live, ...provider }: IdentityProvider, wanted: number): UsableProvider | null {
    const trust = live?.revision === wanted ? live : provider;
    if (trust.revision !== wanted) return null;
    const { _id, tenantId, providerName, protocol, status, attributeMapping, roleMapping, provisioning, domains } = provider;
    const { revision, configuration, sealed, subject } = trust;
    return {
      _id, tenantId, providerName, protocol, status, roleMapping, provisioning, domains, revision, configuration,
      attributeMapping: { ...attributeMapping, ...(subject !== undefined && { subject }) }, secrets: secrets.open(_id, sealed),
    };
  }

  function select({ provider, usable }: Entry, revision: number | undefined): UsableProvider | null {
    const wanted = revision ?? provider?.live?.revision;
    if (!provider || wanted === undefined) return null;
    const found = usable.get(wanted) ?? toUsable(provider, wanted);
    if (found) usable.set(wanted, found);
    return found;
  }

  return {
    async find(providerId, revision) {
      const tenantId = tenantOfProvider(providerId);
      if (tenantId === null) return null;
      const known = kept.get(providerId);
      const found = known && isUsable(known) ? select(known, revision) : null;
      // Another node may have stored this revision a moment ago.
      return found ?? select(await read(tenantId, providerId), revision);
    },
  };
}
