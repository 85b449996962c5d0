import type { ClientSession } from 'mongoose';
import { AppError } from '../../errors/errors.ts';
import type { ReadHeld } from './grant-resolver.ts';
import type { TenantState } from '../tenants/tenant.store.ts';
import type { HeldAt, HeldCache } from './shared-grant-cache.ts';
import { contentOf } from './right-set.service.ts';
import type { Session } from '../sessions/session.model.ts';
import type { HeldContent, Principal, RightSetRef } from './right-set.types.ts';

/** Whose session it is, and how long its right set is kept. */
type Whose = Pick<Session, 'kind' | 'tenantId' | 'userId' | 'expiresAt'>;

/** Somebody with their tenant, as they were read. */
export interface Known {
  readonly user: Principal;
  readonly owner: TenantState;
}

/**
 * What somebody holds now, as a stored right set, and what a session notes of that; `known` was read in the course of this request.
 *
 * Throws `session-ended`.
 */
export type CurrentRights = (whose: Whose, known?: Known) => Promise<{
  readonly user: Principal;
  readonly rights: RightSetRef;
  readonly good: Pick<Session, 'rightSetId' | 'policyVersion' | 'accessVersion' | 'changesAt'>;
}>;

export interface CurrentRightsDeps {
  /** Runs reads that see one moment of the database. */
  readonly inSnapshot: <T>(read: (snapshot: ClientSession) => Promise<T>) => Promise<T>;
  readonly readPrincipal: (kind: Session['kind'], tenantId: string, userId: string, snapshot?: ClientSession) => Promise<Principal | null>;
  readonly readTenant: (tenantId: string, snapshot?: ClientSession) => Promise<TenantState | null>;
  readonly readHeld: ReadHeld;
  /** What nodes have read of late; null: each reads for itself. */
  readonly heldCache: HeldCache | null;
  /** The stored right set of what somebody holds, found or made. */
  readonly rightSetOf: (tenantId: string, held: HeldContent, expiresAt: Date) => Promise<RightSetRef>;
}

export function createCurrentRights({ inSnapshot, readPrincipal, readTenant, readHeld, heldCache, rightSetOf }: CurrentRightsDeps): CurrentRights {
  /** Whose session it is and what they hold, all of one moment, however often policies change meanwhile. */
  async function read({ kind, tenantId, userId }: Whose) {
    const found = await inSnapshot(async (snapshot) => {
      const [user, owner] = [await readPrincipal(kind, tenantId, userId, snapshot), await readTenant(tenantId, snapshot)];
      if (!user || owner?.status !== 'active') throw new AppError('session-ended');
      return { user, owner, held: contentOf(await readHeld(user, snapshot)) };
    });
    void heldCache?.keep(heldAt(kind, found), found.held); // nobody waits for what is kept for others
    return found;
  }

  /** The same, if it was read before while the versions were those of this moment. */
  async function recall(kind: Session['kind'], known: Known) {
    const held = await heldCache?.recall(heldAt(kind, known));
    return held && { ...known, held };
  }

  return async (whose, known) => {
    const { user, owner, held } = (known && await recall(whose.kind, known)) ?? await read(whose);
    const rights = await rightSetOf(whose.tenantId, held, whose.expiresAt);
    return { user, rights, good: { rightSetId: rights.id, policyVersion: owner.policyVersion, accessVersion: user.accessVersion, changesAt: rights.changesAt } };
  };
}

function heldAt(kind: Session['kind'], { user: { tenantId, _id: id, accessVersion }, owner: { policyVersion } }: Known): HeldAt {
  return { tenantId, kind: kind ?? 'user', id, policyVersion, accessVersion };
}
