import { LRUCache } from 'lru-cache';
import type { Caller } from '../../engine/caller.ts';
import { createIsUsable, maxAge } from '../../platform/cache/cache-entry.ts';
import type { CacheEntry, CacheEntryDeps } from '../../platform/cache/cache-entry.ts';
import type { ValidityToken } from '../../platform/cache/validity.ts';
import type { TenantSettings } from '../tenants/tenant.model.ts';
import type { SessionClaims } from '../grants/right-set.types.ts';
import { cacheLimit } from '../../platform/cache/cache-limit.ts';

/** A caller as they were read. */
export interface LoadedCaller {
  readonly caller: Caller;
  readonly isClient: boolean;
  readonly settings: TenantSettings;
  /** When the session ends, or an assignment starts or ends; ms since 1970. */
  readonly goodUntil: number;
}

/** Whether it is the first time about one request, which counts it. */
export interface LookUp {
  readonly countsRequest: boolean;
}

/** Who verified tokens speak for: from memory where that is proven to be no older than it may be, else from the store. */
export interface CallerCache {
  /** From memory, at once; undefined where the store must be asked. Throws `too-many-requests`. */
  get(claims: SessionClaims, options?: LookUp): Caller | undefined;
  /** From the store. Throws `session-ended`, `user-disabled`, `too-many-requests`. */
  load(claims: SessionClaims, options?: LookUp): Promise<Caller>;
  /** Whether a caller that was answered before would be answered again at this moment, from memory. */
  isCurrent(caller: Caller): boolean;
}

export interface CallerCacheDeps extends CacheEntryDeps {
  readonly loadCaller: (claims: SessionClaims) => Promise<LoadedCaller>;
  /** Counts a request of a tenant. Throws `too-many-requests`. */
  readonly admit: (tenantId: string, settings: TenantSettings) => void;
  readonly tokensFor: (tenantId: string, principalId: string) => readonly ValidityToken[];
  /** Whether this node knows where a tenant is kept: handlers rely on that. */
  readonly isLocated: (tenantId: string) => boolean;
  /** Told of each look into memory, and whether it answered. */
  readonly onLookup?: (hit: boolean) => void;
}

type CachedCaller = LoadedCaller & CacheEntry;

const maxEntries = 50_000;

const firstTime: LookUp = { countsRequest: true };

/** In how many readings of others somebody takes part before reading by themselves: each may have been overtaken by a change. */
const maxJoined = 2;

/** Creates the cache of callers; entries are usable by the rule of cache-entry.ts. */
export function createCallerCache({ loadCaller, admit, tokensFor, isFresh, isLocated, onLookup, clock }: CallerCacheDeps): CallerCache {
  const entries = new LRUCache<string, CachedCaller>(cacheLimit(maxEntries));
  const loading = new Map<string, Promise<CachedCaller>>();

  const isUsableNow = createIsUsable({ isFresh, clock });
  const isUsable = (entry: CachedCaller, { sub, tenant, client_id }: SessionClaims): boolean => isUsableNow(entry)
    && entry.caller.userId === sub && entry.caller.tenantId === tenant && entry.isClient === (client_id !== undefined) && isLocated(tenant);

  function admitted({ caller, settings }: CachedCaller, countsRequest: boolean): Caller {
    if (countsRequest) admit(caller.tenantId, settings);
    return caller;
  }

  async function readAnew(claims: SessionClaims): Promise<CachedCaller> {
    const validity = tokensFor(claims.tenant, claims.sub);
    const until = clock() + maxAge;
    const loaded = await loadCaller(claims);
    const { roles, roleTypes, attributes } = loaded.caller;
    for (const part of [roles, roleTypes, attributes]) freeze(part);
    Object.freeze(loaded.caller);
    const entry = { ...loaded, validity, expiresAt: Math.min(until, loaded.goodUntil) };
    entries.set(claims.sid, entry);
    return entry;
  }

  function read(claims: SessionClaims): Promise<CachedCaller> {
    const reading = readAnew(claims).finally(() => {
      if (loading.get(claims.sid) === reading) loading.delete(claims.sid);
    });
    loading.set(claims.sid, reading);
    return reading;
  }

  return {
    get(claims, { countsRequest } = firstTime) {
      const entry = entries.get(claims.sid);
      const hit = entry !== undefined && isUsable(entry, claims);
      onLookup?.(hit);
      return hit ? admitted(entry, countsRequest) : undefined;
    },
    async load(claims, { countsRequest } = firstTime) {
      // Who comes while the session is being read takes part, if what was read counts for them as well.
      for (let tries = 0; tries < maxJoined; tries += 1) {
        const reading = loading.get(claims.sid);
        if (!reading) break;
        const entry = await reading.catch(() => undefined);
        if (entry && isUsable(entry, claims)) return admitted(entry, countsRequest);
      }
      return admitted(await read(claims), countsRequest);
    },
    isCurrent(caller) {
      const entry = entries.peek(caller.sessionId);
      return entry?.caller === caller && isUsableNow(entry) && isLocated(caller.tenantId);
    },
  };
}

/** Requests share a caller: what a handler wrote into one would count for all that follow. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
