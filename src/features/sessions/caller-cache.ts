import { LRUCache } from 'lru-cache';
import type { Caller } from '../../engine/caller.ts';
import { createIsUsable, maxAge } from '../../platform/cache/cache-entry.ts';
import type { CacheEntry, CacheEntryDeps } from '../../platform/cache/cache-entry.ts';
import type { ValidityToken } from '../../platform/cache/validity.ts';
import type { TenantSettings } from '../tenants/tenant.model.ts';
import type { SessionClaims } from '../grants/right-set.types.ts';
import { cacheLimit } from '../../platform/cache/cache-limit.ts';
import { authOf, isOfLogin } from '../../tokens/token-login.ts';

/** A caller as read from the database. */
export interface LoadedCaller {
  readonly caller: Caller;
  readonly isClient: boolean;
  readonly settings: TenantSettings;
  /** When the session ends, or when an assignment starts or ends; ms since 1970. */
  readonly goodUntil: number;
}

export interface CallerReadOptions {
  /** Whether this read counts against the limit of the tenant; only the first read for a request does. Default: true. */
  readonly countsRequest: boolean;
}

/** The callers of verified tokens. No entry is used that may be older than the allowed staleness. */
export interface CallerCache {
  /** Reads from memory; undefined if `load` must read the database. Throws `too-many-requests`. */
  get(claims: SessionClaims, options?: CallerReadOptions): Caller | undefined;
  /** Reads from the database. Throws `session-ended`, `user-disabled`, `too-many-requests`. */
  load(claims: SessionClaims, options?: CallerReadOptions): Promise<Caller>;
  /** Whether `get` would return this same caller now. */
  isCurrent(caller: Caller): boolean;
}

export interface CallerCacheDeps extends CacheEntryDeps {
  readonly loadCaller: (claims: SessionClaims) => Promise<LoadedCaller>;
  /** Counts a request of a tenant. Throws `too-many-requests`. */
  readonly admit: (tenantId: string, settings: TenantSettings) => void;
  readonly tokensFor: (tenantId: string, principalId: string) => readonly ValidityToken[];
  /** Whether this node knows the location of a tenant, which handlers need. */
  readonly isLocated: (tenantId: string) => boolean;
  /** Called after each `get`: whether memory had a usable entry. */
  readonly onLookup?: (hit: boolean) => void;
}

interface CachedCaller extends LoadedCaller, CacheEntry {
  /** The same caller with the login of another token of the session, such as the one before the identity was confirmed. */
  other: Caller | undefined;
}

const maxEntries = 50_000;

const firstRead: CallerReadOptions = { countsRequest: true };

/** How many running reads a request waits for before it reads by itself: a change may have made each of them outdated. */
const maxJoined = 2;

/** Creates the cache of callers; entries are usable by the rule of cache-entry.ts. */
export function createCallerCache({ loadCaller, admit, tokensFor, isFresh, isLocated, onLookup, clock }: CallerCacheDeps): CallerCache {
  const entries = new LRUCache<string, CachedCaller>(cacheLimit(maxEntries));
  const loading = new Map<string, Promise<CachedCaller>>();

  const isUsableNow = createIsUsable({ isFresh, clock });
  const isUsable = (entry: CachedCaller, { sub, tenant, client_id }: SessionClaims): boolean => isUsableNow(entry)
    && entry.caller.userId === sub && entry.caller.tenantId === tenant && entry.isClient === (client_id !== undefined) && isLocated(tenant);

  function admitted(entry: CachedCaller, claims: SessionClaims, countsRequest: boolean): Caller {
    const { caller, settings } = entry;
    if (countsRequest) admit(caller.tenantId, settings);
    return isOfLogin(caller, claims) ? caller : withLogin(entry, claims);
  }

  /** Kept, so that requests of two tokens of one session create no caller each. */
  function withLogin(entry: CachedCaller, claims: SessionClaims): Caller {
    if (entry.other && isOfLogin(entry.other, claims)) return entry.other;
    const { auth: _auth, ...caller } = entry.caller;
    return entry.other = Object.freeze({ ...caller, ...authOf(claims) });
  }

  async function readFromDatabase(claims: SessionClaims): Promise<CachedCaller> {
    const validity = tokensFor(claims.tenant, claims.sub);
    const until = clock() + maxAge;
    const loaded = await loadCaller(claims);
    const { roles, roleTypes, attributes, auth } = loaded.caller;
    for (const part of [roles, roleTypes, attributes, auth]) freeze(part);
    Object.freeze(loaded.caller);
    const entry: CachedCaller = { ...loaded, validity, expiresAt: Math.min(until, loaded.goodUntil), other: undefined };
    entries.set(claims.sid, entry);
    return entry;
  }

  function read(claims: SessionClaims): Promise<CachedCaller> {
    const reading = readFromDatabase(claims).finally(() => {
      if (loading.get(claims.sid) === reading) loading.delete(claims.sid);
    });
    loading.set(claims.sid, reading);
    return reading;
  }

  return {
    get(claims, { countsRequest } = firstRead) {
      const entry = entries.get(claims.sid);
      const hit = entry !== undefined && isUsable(entry, claims);
      onLookup?.(hit);
      return hit ? admitted(entry, claims, countsRequest) : undefined;
    },
    async load(claims, { countsRequest } = firstRead) {
      // A request that comes during a read of the same session shares the result, if it is usable for it as well.
      for (let tries = 0; tries < maxJoined; tries += 1) {
        const reading = loading.get(claims.sid);
        if (!reading) break;
        const entry = await reading.catch(() => undefined);
        if (entry && isUsable(entry, claims)) return admitted(entry, claims, countsRequest);
      }
      return admitted(await read(claims), claims, countsRequest);
    },
    isCurrent(caller) {
      const entry = entries.peek(caller.sessionId);
      return entry !== undefined && (entry.caller === caller || entry.other === caller) && isUsableNow(entry) && isLocated(caller.tenantId);
    },
  };
}

/** Requests share a caller: without this, a handler that writes into it would change it for all later requests. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
