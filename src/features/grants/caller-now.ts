import type { Caller } from '../../engine/caller.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import type { CompiledGrants } from '../../engine/grants/compiled-grants.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import { AppError } from '../../errors/errors.ts';
import { attemptOf } from '../../platform/database/transactions.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { EffectiveGrants, Principal } from './grants.types.ts';

/**
 * Reads the current rights of a caller in a transaction, before the transaction changes anything.
 *
 * Throws `session-ended` if the caller was deleted, `user-disabled` if the caller was disabled, and `tenant-not-yours` if the caller
 * acts in another tenant and is no superadmin any more.
 */
export type CallerNow = (caller: Caller, session: ClientSession) => Promise<Caller>;

export interface CallerNowDeps {
  /** Writes to a user or client and reads it, so that another change of it at the same moment conflicts. */
  readonly lock: (
    tenantId: string, principalId: string, session: ClientSession,
  ) => Promise<(Principal & { readonly isActive: boolean }) | null>;
  readonly resolveGrants: (principal: Principal, session: ClientSession) => Promise<EffectiveGrants>;
  readonly compile: (granted: readonly Grant[]) => CompiledGrants;
  /** ms since 1970 */
  readonly clock: () => number;
}

/**
 * Creates the function that reads a caller again, once in each attempt of a transaction: what the transaction writes must not add
 * rights.
 */
export function createCallerNow({ lock, resolveGrants, compile, clock }: CallerNowDeps): CallerNow {
  const known = new WeakMap<object, Map<string, Promise<RightsNow>>>();

  async function read(tenantId: string, userId: string, session: ClientSession): Promise<RightsNow> {
    const principal = await lock(tenantId, userId, session);
    if (!principal) throw new AppError('session-ended');
    if (!principal.isActive) throw new AppError('user-disabled');
    const { granted } = await resolveGrants(principal, session);
    return { roles: rolesAt(principal, clock()), grants: compile(granted) };
  }

  return async (caller, session) => {
    const attempt = attemptOf(session);
    const ofAttempt = known.get(attempt) ?? new Map<string, Promise<RightsNow>>();
    known.set(attempt, ofAttempt);
    // One attempt may have several callers, and one caller who acts in several tenants.
    const homeTenantId = caller.homeTenantId ?? caller.tenantId;
    const principal = JSON.stringify([homeTenantId, caller.userId]);
    const found = ofAttempt.get(principal) ?? read(homeTenantId, caller.userId, session);
    ofAttempt.set(principal, found);
    const now = await found;
    // Only superadmins act in other tenants.
    if (caller.homeTenantId !== undefined && !now.grants.isSuperadmin) throw new AppError('tenant-not-yours');
    return { ...caller, ...now };
  };
}

type RightsNow = Pick<Caller, 'roles' | 'grants'>;
