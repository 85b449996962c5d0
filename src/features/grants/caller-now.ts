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
 * Throws `session-ended` if the caller was deleted, and `user-disabled` if the caller was disabled.
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
  const known = new WeakMap<object, Promise<Caller>>();

  async function read(caller: Caller, session: ClientSession): Promise<Caller> {
    const principal = await lock(caller.homeTenantId ?? caller.tenantId, caller.userId, session);
    if (!principal) throw new AppError('session-ended');
    if (!principal.isActive) throw new AppError('user-disabled');
    const { granted } = await resolveGrants(principal, session);
    return { ...caller, roles: rolesAt(principal, clock()), grants: compile(granted) };
  }

  return (caller, session) => {
    const attempt = attemptOf(session);
    const found = known.get(attempt) ?? read(caller, session);
    known.set(attempt, found);
    return found;
  };
}
