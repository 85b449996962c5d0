import { LRUCache } from 'lru-cache';
import type { Attributes } from '../../engine/policies/decision-context.types.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import type { CompiledGrants } from '../../engine/grants/compiled-grants.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import { createIsUsable, maxAge } from '../../platform/cache/cache-entry.ts';
import type { CacheEntry, CacheEntryDeps } from '../../platform/cache/cache-entry.ts';
import type { ValidityToken } from '../../platform/cache/validity.ts';
import type { SessionGrants } from '../grants/right-set.types.ts';
import type { SessionPrincipal, EffectiveGrants, EffectiveGrantsOf } from '../grants/grants.types.ts';
import type { BeginLongWork } from './long-work.ts';
import { cacheLimit } from '../../platform/cache/cache-limit.ts';

/** A user or a client, not the caller, about whom the caller asks questions. */
export interface Subject {
  readonly grants: CompiledGrants;
  readonly attributes: Attributes;
}

type Compiled = Pick<SessionGrants, 'grants' | 'memberOf'>;

/** Why no decision is possible about a user. */
export type NoSubject = 'user-not-found' | 'user-disabled';

export interface SubjectCache {
  /** Finds these users or clients of one tenant. Valid entries come from the cache, all others from one read of the database. */
  find(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Subject | NoSubject>>;
}

export interface SubjectCacheDeps extends CacheEntryDeps {
  /** Compiles grants. Equal grants share the result. */
  readonly compile: (tenantId: string, effective: EffectiveGrants) => Compiled;
  /** The effective grants of these users, or of clients by their clientId, all from one snapshot. Unknown ids are left out. */
  readonly resolveGrantsOf: (tenantId: string, userIds: readonly string[]) => Promise<EffectiveGrantsOf<SessionPrincipal>[]>;
  readonly beginLongWork: BeginLongWork;
  readonly attributesOf: (user: SessionPrincipal, roles: readonly string[], memberships: MemberOf) => Attributes;
  readonly tokensFor: (tenantId: string, principalId: string) => readonly ValidityToken[];
  /** Called for each lookup in the cache, with whether it found a valid entry. */
  readonly onLookup?: (hit: boolean) => void;
}

interface CachedSubject extends CacheEntry {
  readonly subject: Subject | 'user-disabled';
}

const maxEntries = 10_000;

/** Creates the cache of subjects. As in the cache of callers, an entry is used only while this node would know of a change. */
export function createSubjectCache(
  { compile, clock, resolveGrantsOf, beginLongWork, attributesOf, tokensFor, isFresh, onLookup }: SubjectCacheDeps,
): SubjectCache {
  const entries = new LRUCache<string, CachedSubject>(cacheLimit(maxEntries));
  const isUsable = createIsUsable({ isFresh, clock });
  const nameOf = (tenantId: string, userId: string): string => `${tenantId} ${userId}`; // no tenantId has a space

  function recall(tenantId: string, userId: string): CachedSubject['subject'] | undefined {
    const entry = entries.get(nameOf(tenantId, userId));
    const hit = entry !== undefined && isUsable(entry);
    onLookup?.(hit);
    return hit ? entry.subject : undefined;
  }

  async function read(tenantId: string, userIds: readonly string[]): Promise<[string, Subject | NoSubject][]> {
    const until = clock() + maxAge;
    const validityOf = new Map(userIds.map((userId) => [userId, tokensFor(tenantId, userId)]));
    const compiled = new Map<readonly Grant[], Compiled>(); // users with equal grants have the same list
    const found = new Map<string, Subject | NoSubject>(userIds.map((userId) => [userId, 'user-not-found']));
    const all = await resolveGrantsOf(tenantId, userIds);
    const work = beginLongWork();
    for (const effective of all) {
      if (work.isDue()) await work.pause();
      const { principal: user, granted, changesAt } = effective;
      const { grants, memberOf } = compiled.get(granted) ?? compile(tenantId, effective);
      compiled.set(granted, { grants, memberOf });
      const subject = user.isActive ? { grants, attributes: attributesOf(user, rolesAt(user, clock()), memberOf) } : 'user-disabled';
      found.set(user._id, subject);
      const validity = validityOf.get(user._id);
      if (validity) entries.set(
        nameOf(tenantId, user._id), { subject, validity, expiresAt: Math.min(until, changesAt?.getTime() ?? Infinity) },
      );
    }
    return [...found];
  }

  return {
    async find(tenantId, userIds) {
      const found = new Map<string, Subject | NoSubject>();
      for (;;) {
        // Look in the cache again after every read: entries found earlier may have been invalidated while we waited.
        const recalled = new Map<string, Subject | NoSubject>();
        const missing: string[] = [];
        for (const userId of userIds) {
          if (found.has(userId)) continue;
          const subject = recall(tenantId, userId);
          if (subject === undefined) missing.push(userId);
          else recalled.set(userId, subject);
        }
        if (missing.length === 0) return found.size === 0 ? recalled : new Map([...found, ...recalled]);
        for (const [userId, subject] of await read(tenantId, missing)) found.set(userId, subject);
      }
    },
  };
}
