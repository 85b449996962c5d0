import type { ClientSession } from 'mongoose';
import type { Caller } from '../access/caller.ts';
import { containsGrants } from '../access/contain.ts';
import type { Given } from '../access/given.ts';
import { mayHandOut } from '../access/hand-out.ts';
import { withRolesToCome } from '../access/role-times.ts';
import type { UrlRegistry } from '../access/url-registry.ts';
import { AppError } from '../errors.ts';
import { createCompiler } from './compiled-given.ts';
import type { HeldReader, Holder } from './given.service.ts';

/**
 * Who may change what somebody else holds: nobody hands out, takes away or edits what they do not hold themselves. Others
 * hold a role that is to start later as well.
 */
export interface Delegation {
  /** Refuses to act on users of whom one holds what the caller does not; oneself aside. Throws `target-outranks-caller`. */
  requireMayActOn(caller: Caller, users: readonly Holder[], session?: ClientSession): Promise<void>;
  /**
   * Refuses to change what somebody is given where the caller could not give the one or the other.
   *
   * A deny that is lifted counts as handing out what it denied; one that everybody holds limits whoever is given
   * something as well. Throws `grants-exceed-own`.
   */
  requireMayChange(caller: Caller, before: readonly Given[], after: readonly Given[], session?: ClientSession): Promise<void>;
  /** Does work that changes what `read` gathers, under the same rule. */
  guard<T>(caller: Caller, read: () => Promise<readonly Given[]>, work: () => Promise<T>, session?: ClientSession): Promise<T>;
}

export interface DelegationDeps extends Pick<HeldReader, 'readHeldOfAll' | 'readGivenToAll'> {
  readonly registry: () => UrlRegistry;
}

export function createDelegation({ registry, readHeldOfAll, readGivenToAll }: DelegationDeps): Delegation {
  async function requireMayChange(caller: Caller, before: readonly Given[], after: readonly Given[], session?: ClientSession): Promise<void> {
    if (caller.grants.isSuperadmin) return;
    const always = await readGivenToAll(caller.tenantId, session);
    if (!mayHandOut(caller.grants, [...always, ...before], [...always, ...after], registry())) throw new AppError('grants-exceed-own');
  }

  return {
    requireMayChange,
    async requireMayActOn(caller, users, session) {
      const others = users.filter(({ _id }) => _id !== caller.userId);
      if (caller.grants.isSuperadmin || others.length === 0) return;
      const given = new Set((await readHeldOfAll(caller.tenantId, others.map(withRolesToCome), session)).map((held) => held.given));
      const grantsOf = createCompiler(registry());
      if (![...given].every((each) => containsGrants(caller.grants, grantsOf(each), registry()))) throw new AppError('target-outranks-caller');
    },
    async guard(caller, read, work, session) {
      if (caller.grants.isSuperadmin) return work();
      const before = await read();
      const result = await work();
      await requireMayChange(caller, before, await read(), session);
      return result;
    },
  };
}
