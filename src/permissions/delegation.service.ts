import type { ClientSession } from 'mongoose';
import type { Caller } from '../access/caller.ts';
import { containsGrants } from '../access/contain.ts';
import type { Given } from '../access/given.ts';
import { holdingsOf } from '../access/given.ts';
import { compileGrants } from '../access/grants.ts';
import { mayHandOut } from '../access/hand-out.ts';
import { rolesAt, withRolesToCome } from '../access/role-times.ts';
import { settleGiven, settleGrants } from '../access/settled-roles.ts';
import type { UrlRegistry } from '../access/url-registry.ts';
import { AppError } from '../errors.ts';
import type { HeldReader, Holder } from './given.service.ts';

/** What is given, before or after a change. */
export interface Holding {
  readonly given: readonly Given[];
  /** The roles of whom it is given to (roleIds), where that is known: conditions on roles are then what they come to for them. */
  readonly roles?: readonly string[];
}

/**
 * Who may change what somebody else holds: nobody hands out, takes away or edits what they do not hold themselves. A role
 * that is to start later counts as held by everybody but the caller.
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
  requireMayChange(caller: Caller, before: Holding, after: Holding, session?: ClientSession): Promise<void>;
  /** The same for all that each of these users holds, and would hold if changed so. Throws what both of the above do. */
  requireMayChangeEach<H extends Holder>(caller: Caller, users: readonly H[], change: (user: H) => H, session?: ClientSession): Promise<void>;
  /** The roles that a user has, now or later. */
  rolesOf(user: Holder): string[];
  /** Does work that changes what `read` gathers, under the same rule. */
  guard<T>(caller: Caller, read: () => Promise<Holding>, work: () => Promise<T>, session?: ClientSession): Promise<T>;
}

export interface DelegationDeps extends Pick<HeldReader, 'readHeldOfAll' | 'readGivenToAll'> {
  readonly registry: () => UrlRegistry;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Makes the rules of who may act on whom and hand out what. */
export function createDelegation({ registry, clock, readHeldOfAll, readGivenToAll }: DelegationDeps): Delegation {
  const rolesOf = (user: Holder) => rolesAt(withRolesToCome(user), clock());

  /** What each of these holds, with all that is to start later, in their order; who hold the same share it. */
  async function read(tenantId: string, users: readonly Holder[], session?: ClientSession): Promise<Required<Holding>[]> {
    return (await readHeldOfAll(tenantId, users.map(withRolesToCome), session)).map(({ holder, given }) => ({ given, roles: rolesOf(holder) }));
  }

  async function requireMayActOn(caller: Caller, users: readonly Holder[], session?: ClientSession): Promise<void> {
    const others = users.filter(({ _id }) => _id !== caller.userId);
    if (caller.grants.isSuperadmin || others.length === 0) return;
    const own = settleGrants(caller.grants, caller.roles);
    const holdings = new Map((await read(caller.tenantId, others, session)).map((holding) => [holding.given, holding]));
    for (const { given, roles } of holdings.values()) {
      const theirs = compileGrants(registry(), holdingsOf(settleGiven(given, roles)));
      if (!containsGrants(own, theirs, registry())) throw new AppError('target-outranks-caller');
    }
  }

  async function requireMayChange(caller: Caller, before: Holding, after: Holding, session?: ClientSession): Promise<void> {
    if (caller.grants.isSuperadmin) return;
    const always = await readGivenToAll(caller.tenantId, session);
    const isKnown = before.roles !== undefined && after.roles !== undefined;
    const all = ({ given, roles }: Holding) => (isKnown && roles ? settleGiven([...always, ...given], roles) : [...always, ...given]);
    const own = isKnown ? settleGrants(caller.grants, caller.roles) : caller.grants;
    if (!mayHandOut(own, all(before), all(after), registry())) throw new AppError('grants-exceed-own');
  }

  return {
    rolesOf, requireMayActOn, requireMayChange,
    async requireMayChangeEach(caller, users, change, session) {
      if (caller.grants.isSuperadmin) return;
      await requireMayActOn(caller, users, session);
      const [before, after] = [await read(caller.tenantId, users, session), await read(caller.tenantId, users.map(change), session)];
      const looked = new Map<readonly Given[], Set<readonly Given[]>>();
      for (const [index, held] of before.entries()) {
        const would = after[index];
        const known = looked.get(held.given) ?? new Set();
        if (!would || known.has(would.given)) continue;
        looked.set(held.given, known.add(would.given));
        await requireMayChange(caller, held, would, session);
      }
    },
    async guard(caller, readHolding, work, session) {
      if (caller.grants.isSuperadmin) return work();
      const before = await readHolding();
      const result = await work();
      await requireMayChange(caller, before, await readHolding(), session);
      return result;
    },
  };
}
