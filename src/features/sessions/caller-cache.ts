import { LRUCache } from 'lru-cache';
import type { Caller } from '../../engine/caller.ts';
import { createCounts, keptFor } from '../../platform/cache/cache-entry.ts';
import type { Kept, KeptDeps } from '../../platform/cache/cache-entry.ts';
import type { Mark } from '../../platform/cache/validity.ts';
import type { TenantSettings } from '../tenants/tenant.model.ts';
import type { AccessClaims } from '../grants/right-set.types.ts';

/** A caller as they were read. */
export interface LoadedCaller {
  readonly caller: Caller;
  readonly isClient: boolean;
  readonly settings: TenantSettings;
  /** When the session ends, or an assignment starts or ends; ms since 1970. */
  readonly goodUntil: number;
}

/** For the first time about one request, which counts it, or once more. */
export type Asked = 'first' | 'again';

/** Who verified tokens speak for: from memory where that is proven to be no older than it may be, else from the store. */
export interface Callers {
  /** From memory, at once; undefined where the store must be asked. Throws `too-many-requests`. */
  recall(claims: AccessClaims, asked?: Asked): Caller | undefined;
  /** From the store. Throws `session-ended`, `user-disabled`, `too-many-requests`. */
  load(claims: AccessClaims, asked?: Asked): Promise<Caller>;
  /** Whether a caller that was answered before would be answered again at this moment, from memory. */
  isCurrent(caller: Caller): boolean;
}

export interface CallersDeps extends KeptDeps {
  readonly loadCaller: (claims: AccessClaims) => Promise<LoadedCaller>;
  /** Counts a request of a tenant. Throws `too-many-requests`. */
  readonly admit: (tenantId: string, settings: TenantSettings) => void;
  readonly takeMarks: (tenantId: string, principalId: string) => readonly Mark[];
  /** Whether this node knows where a tenant is kept: handlers rely on that. */
  readonly isPlaced: (tenantId: string) => boolean;
  /** Told of each look into memory, and whether it answered. */
  readonly onLookup?: (hit: boolean) => void;
}

type KeptCaller = LoadedCaller & Kept;

const maxKept = 50_000;

/** In how many readings of others somebody takes part before reading by themselves: each may have been overtaken by a change. */
const maxJoined = 2;

/** Makes what knows callers, by the rule of freshness/kept.ts. */
export function createCallers({ loadCaller, admit, takeMarks, isFresh, isPlaced, onLookup, clock }: CallersDeps): Callers {
  const kept = new LRUCache<string, KeptCaller>({ max: maxKept });
  const loading = new Map<string, Promise<KeptCaller>>();

  const countsNow = createCounts({ isFresh, clock });
  const counts = (entry: KeptCaller, { sub, tenant, client_id }: AccessClaims): boolean => countsNow(entry)
    && entry.caller.userId === sub && entry.caller.tenantId === tenant && entry.isClient === (client_id !== undefined) && isPlaced(tenant);

  function admitted({ caller, settings }: KeptCaller, asked: Asked): Caller {
    if (asked === 'first') admit(caller.tenantId, settings);
    return caller;
  }

  async function readAnew(claims: AccessClaims): Promise<KeptCaller> {
    const marks = takeMarks(claims.tenant, claims.sub);
    const until = clock() + keptFor;
    const loaded = await loadCaller(claims);
    const { roles, roleTypes, attributes } = loaded.caller;
    for (const part of [roles, roleTypes, attributes]) freeze(part);
    Object.freeze(loaded.caller);
    const entry = { ...loaded, marks, keptUntil: Math.min(until, loaded.goodUntil) };
    kept.set(claims.sid, entry);
    return entry;
  }

  function read(claims: AccessClaims): Promise<KeptCaller> {
    const reading = readAnew(claims).finally(() => {
      if (loading.get(claims.sid) === reading) loading.delete(claims.sid);
    });
    loading.set(claims.sid, reading);
    return reading;
  }

  return {
    recall(claims, asked = 'first') {
      const entry = kept.get(claims.sid);
      const hit = entry !== undefined && counts(entry, claims);
      onLookup?.(hit);
      return hit ? admitted(entry, asked) : undefined;
    },
    async load(claims, asked = 'first') {
      // Who comes while the session is being read takes part, if what was read counts for them as well.
      for (let tries = 0; tries < maxJoined; tries += 1) {
        const reading = loading.get(claims.sid);
        if (!reading) break;
        const entry = await reading.catch(() => undefined);
        if (entry && counts(entry, claims)) return admitted(entry, asked);
      }
      return admitted(await read(claims), asked);
    },
    isCurrent(caller) {
      const entry = kept.peek(caller.sessionId);
      return entry?.caller === caller && countsNow(entry) && isPlaced(caller.tenantId);
    },
  };
}

/** Requests share a caller: what a handler wrote into one would count for all that follow. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
