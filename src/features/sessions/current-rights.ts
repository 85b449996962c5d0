import { AppError } from '../../errors/errors.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { ResolveGrants, SessionPrincipal } from '../grants/grants.types.ts';
import { contentOf } from '../grants/right-set.types.ts';
import type { RightSetContent, RightSetRef } from '../grants/right-set.types.ts';
import type { GrantCacheKey, SharedGrantCache } from '../grants/shared-grant-cache.types.ts';
import type { NotedRights } from './session.types.ts';

/** The kind of a principal; absent means a user. */
type PrincipalKind = GrantCacheKey['kind'];

/** Whose session it is, and how long its right set is kept. */
interface Whose {
  readonly kind: GrantCacheKey['kind'];
  readonly tenantId: string;
  /** userId or clientId */
  readonly userId: string;
  readonly expiresAt: Date;
}

/** As much of a tenant as decides whether a right set is good. */
export interface TenantVersion {
  readonly status: string;
  /** Raised by every change of what roles give. */
  readonly policyVersion: number;
}

/** Somebody with their tenant, as they were read. */
export interface Known {
  readonly user: SessionPrincipal;
  readonly owner: TenantVersion;
}

/**
 * What somebody holds now, as a stored right set, and what a session notes of that; `known` was read in the course of this request.
 *
 * Throws `session-ended`.
 */
export type CurrentRights = (whose: Whose, known?: Known) => Promise<{
  readonly user: SessionPrincipal;
  readonly rights: RightSetRef;
  readonly good: NotedRights;
}>;

export interface CurrentRightsDeps {
  /** Runs reads that see one moment of the database. */
  readonly inSnapshot: <T>(read: (snapshot: ClientSession) => Promise<T>) => Promise<T>;
  readonly readPrincipal: (
    kind: PrincipalKind, tenantId: string, userId: string, snapshot?: ClientSession,
  ) => Promise<SessionPrincipal | null>;
  readonly readTenant: (tenantId: string, snapshot?: ClientSession) => Promise<TenantVersion | null>;
  readonly resolveGrants: ResolveGrants;
  /** What nodes have read of late; null: each reads for itself. */
  readonly sharedGrantCache: SharedGrantCache | null;
  /** The stored right set of what somebody holds, found or made. */
  readonly rightSetOf: (tenantId: string, content: RightSetContent, expiresAt: Date) => Promise<RightSetRef>;
}

export function createCurrentRights(
  { inSnapshot, readPrincipal, readTenant, resolveGrants, sharedGrantCache, rightSetOf }: CurrentRightsDeps,
): CurrentRights {
  /** Whose session it is and what they hold, all of one moment, however often policies change meanwhile. */
  async function read({ kind, tenantId, userId }: Whose) {
    const found = await inSnapshot(async (snapshot) => {
      const [user, owner] = [await readPrincipal(kind, tenantId, userId, snapshot), await readTenant(tenantId, snapshot)];
      if (!user || owner?.status !== 'active') throw new AppError('session-ended');
      return { user, owner, content: contentOf(await resolveGrants(user, snapshot)) };
    });
    void sharedGrantCache?.keep(cacheKeyOf(kind, found), found.content); // nobody waits for what is kept for others
    return found;
  }

  /** The same, if it was read before while the versions were those of this moment. */
  async function recall(kind: PrincipalKind, known: Known) {
    const content = await sharedGrantCache?.recall(cacheKeyOf(kind, known));
    return content && { ...known, content };
  }

  return async (whose, known) => {
    const { user, owner, content } = (known && await recall(whose.kind, known)) ?? await read(whose);
    const rights = await rightSetOf(whose.tenantId, content, whose.expiresAt);
    return { user, rights, good: {
      rightSetId: rights.id, policyVersion: owner.policyVersion, accessVersion: user.accessVersion, changesAt: rights.changesAt,
    } };
  };
}

function cacheKeyOf(kind: PrincipalKind, { user: { tenantId, _id: id, accessVersion }, owner: { policyVersion } }: Known): GrantCacheKey {
  return { tenantId, kind, id, policyVersion, accessVersion };
}
