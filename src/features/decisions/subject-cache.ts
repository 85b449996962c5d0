import { LRUCache } from 'lru-cache';
import type { Attributes } from '../../engine/policies/condition.ts';
import type { Given } from '../../engine/grants/grant.ts';
import type { Grants } from '../../engine/grants/compiled-grants.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import { createCounts, keptFor } from '../../platform/cache/cache-entry.ts';
import type { Kept, KeptDeps } from '../../platform/cache/cache-entry.ts';
import type { Mark } from '../../platform/cache/validity.ts';
import type { Principal, SessionGrants } from '../grants/right-set.types.ts';
import type { Held, HeldBy } from '../grants/grant-resolver.ts';
import type { BeginLongWork } from './long-work.ts';

/** Somebody about whom questions are asked, who is not the caller. */
export interface Subject {
  readonly grants: Grants;
  readonly attributes: Attributes;
}

type Compiled = Pick<SessionGrants, 'grants' | 'memberOf'>;

/** Why there is nobody to decide about. */
export type NoSubject = 'user-not-found' | 'user-disabled';

export interface Subjects {
  /** Each of these users or clients of one tenant: from memory where that may count at this moment, all others by one reading. */
  find(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Subject | NoSubject>>;
}

export interface SubjectDeps extends KeptDeps {
  /** Equal ones share what comes out. */
  readonly compile: (tenantId: string, held: Held) => Compiled;
  /** What these users, or clients by their clientId, hold, all of one moment; unknown ids are left out. */
  readonly readHeldOf: (tenantId: string, userIds: readonly string[]) => Promise<HeldBy<Principal>[]>;
  readonly beginLongWork: BeginLongWork;
  readonly attributesOf: (user: Principal, roles: readonly string[], memberships: MemberOf) => Attributes;
  readonly takeMarks: (tenantId: string, principalId: string) => readonly Mark[];
  /** Told of each look into memory, and whether it answered. */
  readonly onLookup?: (hit: boolean) => void;
}

interface KeptSubject extends Kept {
  readonly subject: Subject | 'user-disabled';
}

const maxKept = 10_000;

/** Makes what knows subjects, by the same rules as callers: nothing old counts for longer than a change may take to be known here. */
export function createSubjects({ compile, clock, readHeldOf, beginLongWork, attributesOf, takeMarks, isFresh, onLookup }: SubjectDeps): Subjects {
  const kept = new LRUCache<string, KeptSubject>({ max: maxKept });
  const counts = createCounts({ isFresh, clock });
  const nameOf = (tenantId: string, userId: string): string => `${tenantId} ${userId}`; // no tenantId has a space

  function recall(tenantId: string, userId: string): KeptSubject['subject'] | undefined {
    const entry = kept.get(nameOf(tenantId, userId));
    const hit = entry !== undefined && counts(entry);
    onLookup?.(hit);
    return hit ? entry.subject : undefined;
  }

  async function read(tenantId: string, userIds: readonly string[]): Promise<[string, Subject | NoSubject][]> {
    const until = clock() + keptFor;
    const marksOf = new Map(userIds.map((userId) => [userId, takeMarks(tenantId, userId)]));
    const compiled = new Map<readonly Given[], Compiled>(); // who are given the same list hold the same
    const found = new Map<string, Subject | NoSubject>(userIds.map((userId) => [userId, 'user-not-found']));
    const all = await readHeldOf(tenantId, userIds);
    const work = beginLongWork();
    for (const held of all) {
      if (work.isDue()) await work.pause();
      const { holder: user, given, changesAt } = held;
      const { grants, memberOf } = compiled.get(given) ?? compile(tenantId, held);
      compiled.set(given, { grants, memberOf });
      const subject = user.isActive ? { grants, attributes: attributesOf(user, rolesAt(user, clock()), memberOf) } : 'user-disabled';
      found.set(user._id, subject);
      const marks = marksOf.get(user._id);
      if (marks) kept.set(nameOf(tenantId, user._id), { subject, marks, keptUntil: Math.min(until, changesAt?.getTime() ?? Infinity) });
    }
    return [...found];
  }

  return {
    async find(tenantId, userIds) {
      const found = new Map<string, Subject | NoSubject>();
      for (;;) {
        // Anew after each reading, while which what is in memory may have come to count no more.
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
