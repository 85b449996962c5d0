import { AppError } from '../../errors/errors.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { ResolveGrants, SessionPrincipal } from '../grants/grants.types.ts';
import { contentOf } from '../grants/right-set.types.ts';
import type { RightSetContent, RightSetRef } from '../grants/right-set.types.ts';
import type { GrantCacheKey, SharedGrantCache } from '../grants/shared-cache/shared-grant-cache.types.ts';
import type { NotedRights } from './session.types.ts';

/** The kind of a principal; absent means a user. */
type PrincipalKind = GrantCacheKey['kind'];

/** The principal of a session, and how long its right set is stored. */
interface SessionOwner {
  readonly kind: GrantCacheKey['kind'];
  readonly tenantId: string;
  /** userId or clientId */
  readonly userId: string;
  readonly expiresAt: Date;
}

/** The part of a tenant that decides whether a right set is still valid. */
export interface TenantVersion {
  readonly status: string;
  /** Raised by every change of the grants of roles. */
  readonly policyVersion: number;
}

/** A principal and their tenant, as this request read them. */
export interface Known {
  readonly user: SessionPrincipal;
  readonly owner: TenantVersion;
}

/**
 * Finds or stores the right set of a principal's current grants, and returns what the session notes of it. `known` must have been
 * read during this request.
 *
 * Throws `session-ended`.
 */
export type CurrentRights = (session: SessionOwner, known?: Known) => Promise<{
  readonly user: SessionPrincipal;
  readonly rights: RightSetRef;
  readonly good: NotedRights;
}>;

export interface CurrentRightsDeps {
  /** Runs reads that all see the same state of the database. */
  readonly inSnapshot: <T>(read: (snapshot: ClientSession) => Promise<T>) => Promise<T>;
  readonly readPrincipal: (
    kind: PrincipalKind, tenantId: string, userId: string, snapshot?: ClientSession,
  ) => Promise<SessionPrincipal | null>;
  readonly readTenant: (tenantId: string, snapshot?: ClientSession) => Promise<TenantVersion | null>;
  readonly resolveGrants: ResolveGrants;
  /** The cache that all nodes share; null if there is none. */
  readonly sharedGrantCache: SharedGrantCache | null;
  /** Finds or stores the right set with this content. */
  readonly rightSetOf: (tenantId: string, content: RightSetContent, expiresAt: Date) => Promise<RightSetRef>;
}

/** Creates the function that finds the current rights of a session. */
export function createCurrentRights(
  { inSnapshot, readPrincipal, readTenant, resolveGrants, sharedGrantCache, rightSetOf }: CurrentRightsDeps,
): CurrentRights {
  /** Reads the principal, the tenant and the grants in one snapshot, so that they fit together while policies change. */
  async function read({ kind, tenantId, userId }: SessionOwner) {
    const found = await inSnapshot(async (snapshot) => {
      const [user, owner] = [await readPrincipal(kind, tenantId, userId, snapshot), await readTenant(tenantId, snapshot)];
      if (!user || owner?.status !== 'active') throw new AppError('session-ended');
      return { user, owner, content: contentOf(await resolveGrants(user, snapshot)) };
    });
    void sharedGrantCache?.keep(cacheKeyOf(kind, found), found.content); // no request waits until other nodes can read it
    return found;
  }

  /** The same from the shared cache; undefined if it has nothing for these versions. */
  async function recall(kind: PrincipalKind, known: Known) {
    const content = await sharedGrantCache?.recall(cacheKeyOf(kind, known));
    return content && { ...known, content };
  }

  return async (session, known) => {
    const { user, owner, content } = (known && await recall(session.kind, known)) ?? await read(session);
    const rights = await rightSetOf(session.tenantId, content, session.expiresAt);
    return { user, rights, good: {
      rightSetId: rights.id, policyVersion: owner.policyVersion, accessVersion: user.accessVersion, changesAt: rights.changesAt,
    } };
  };
}

function cacheKeyOf(kind: PrincipalKind, { user: { tenantId, _id: id, accessVersion }, owner: { policyVersion } }: Known): GrantCacheKey {
  return { tenantId, kind, id, policyVersion, accessVersion };
}
