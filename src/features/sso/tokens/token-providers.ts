import { LRUCache } from 'lru-cache';
import { createIsUsable, maxAge } from '../../../platform/cache/cache-entry.ts';
import type { CacheEntry, CacheEntryDeps } from '../../../platform/cache/cache-entry.ts';
import { cacheLimit } from '../../../platform/cache/cache-limit.ts';
import type { Invalidation } from '../../../platform/cache/invalidation.ts';
import { parseCompact } from '../../../tokens/compact-jws.ts';
import { parseStrictObject } from '../../../tokens/strict-json.ts';
import { maxForeignBytes } from '../oidc/signed-token.ts';
import type { ProviderStore } from '../provider.store.ts';
import type { UsableProviders } from '../providers/usable-providers.ts';
import { asBearer } from './bearer-provider.ts';
import type { BearerProvider } from './bearer-provider.ts';

/** Finds the active provider of a tenant that may have issued a token. */
export interface TokenProviders {
  /**
   * The only one whose issuer, audience and tenant claim fit. Null if there is none, or more than one.
   *
   * Nothing of the token is verified, and nothing in it may be trusted.
   */
  findFor(tenantId: string, token: string, use: 'exchange' | 'direct'): Promise<BearerProvider | null>;
  /** An active provider by its id; null if it is not active, of another tenant, or takes no tokens. */
  find(tenantId: string, providerId: string): Promise<BearerProvider | null>;
}

export interface TokenProvidersDeps extends CacheEntryDeps {
  readonly store: Pick<ProviderStore, 'readActiveOfIssuers'>;
  readonly usable: Pick<UsableProviders, 'find'>;
  readonly tokensFor: Invalidation['tokensFor'];
}

interface Entry extends CacheEntry {
  /** The ids of the active providers with an issuer. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
}

/** How many tenants a node keeps the issuers of. */
const maxKept = 10_000;

/** Creates the search for the provider of a token. A tenant without issuers costs one read a minute. */
export function createTokenProviders({ store, usable, tokensFor, clock, isFresh }: TokenProvidersDeps): TokenProviders {
  const kept = new LRUCache<string, Entry>(cacheLimit(maxKept));
  const isUsable = createIsUsable({ isFresh, clock });

  async function issuersOf(tenantId: string): Promise<Entry['ids']> {
    const known = kept.get(tenantId);
    if (known && isUsable(known)) return known.ids;
    const validity = tokensFor(tenantId, 'issuers'); // before the read: an activation during the read ends them
    const expiresAt = clock() + maxAge;
    const ids = new Map<string, string[]>();
    for (const { _id, issuer } of await store.readActiveOfIssuers(tenantId)) ids.set(issuer, [...ids.get(issuer) ?? [], _id]);
    kept.set(tenantId, { ids, validity, expiresAt });
    return ids;
  }

  async function find(tenantId: string, providerId: string): Promise<BearerProvider | null> {
    const provider = asBearer(await usable.find(providerId));
    return provider?.tenantId === tenantId && provider.status === 'active' ? provider : null;
  }

  return {
    find,
    async findFor(tenantId, token, use) {
      const claims = unverifiedClaims(token);
      if (typeof claims?.['iss'] !== 'string') return null;
      const ids = (await issuersOf(tenantId)).get(claims['iss']) ?? [];
      const found = (await Promise.all(ids.map((id) => find(tenantId, id)))).filter((provider) => provider !== null);
      const [first, ...others] = found.filter((provider) => fits(provider, claims, use));
      return others.length === 0 ? first ?? null : null;
    },
  };
}

function unverifiedClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const parsed = parseCompact(token, maxForeignBytes);
  return parsed && parseStrictObject(parsed.payload);
}

function fits({ configuration: { bearer } }: BearerProvider, { aud, ...claims }: Readonly<Record<string, unknown>>, use: string): boolean {
  const isForUs = [aud].flat().includes(bearer.audience);
  const isOfTenant = bearer.tenantClaim === undefined || claims[bearer.tenantClaim] === bearer.tenantValue;
  return isForUs && isOfTenant && (use === 'exchange' || bearer.direct === true);
}
