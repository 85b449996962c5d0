import type { Caller } from '../../engine/caller.ts';
import { containsGrants } from '../../engine/grants/contains-grants.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import { grantSetOf } from '../../engine/grants/grant.ts';
import { compileGrants } from '../../engine/grants/compiled-grants.ts';
import { mayDelegateTo } from '../../engine/grants/may-delegate-to.ts';
import type { DelegatedGrants } from '../../engine/grants/may-delegate-to.ts';
import { rolesAt, withRolesToCome } from '../../engine/grants/role-times.ts';
import { specializeGrants, specializeCompiledGrants } from '../../engine/grants/specialize-grants.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import { AppError } from '../../errors/errors.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { CallerNow } from './caller-now.ts';
import type { Delegation, GrantResolver, Principal } from './grants.types.ts';
import type { PrincipalsOfRole } from './holders/role-principals.ts';

export interface DelegationDeps extends Pick<GrantResolver, 'resolveGrantsOfAll' | 'baselineGrants'> {
  readonly registry: () => UrlRegistry;
  readonly callerNow: CallerNow;
  readonly principalsOfRole: PrincipalsOfRole;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** How many users are checked together. */
const batch = 500;

/** Creates the rules of delegation: on which users a caller may act, and which grants a caller may give. */
export function createDelegation(
  { registry, callerNow, principalsOfRole, clock, resolveGrantsOfAll, baselineGrants }: DelegationDeps,
): Delegation {
  const current = (caller: Caller, session?: ClientSession) => (session ? callerNow(caller, session) : Promise.resolve(caller));
  const rolesOf = (user: Principal) => rolesAt(withRolesToCome(user), clock());

  /** The grants of each user, with roles that start later, in the order of the users. Users with equal grants share one list. */
  async function read(tenantId: string, users: readonly Principal[], session?: ClientSession): Promise<Required<DelegatedGrants>[]> {
    return (await resolveGrantsOfAll(tenantId, users.map(withRolesToCome), session)).map(
      ({ principal, granted }) => ({ granted, roles: rolesOf(principal) }),
    );
  }

  async function requireMayActOn(asking: Caller, users: readonly Principal[], session?: ClientSession): Promise<void> {
    const caller = await current(asking, session);
    const others = users.filter(({ _id }) => _id !== caller.userId);
    if (caller.grants.isSuperadmin || others.length === 0) return;
    const own = specializeCompiledGrants(caller.grants, caller.roles);
    for (const some of inBatches(others)) {
      const distinctGrants = new Map((await read(caller.tenantId, some, session)).map((delegated) => [delegated.granted, delegated]));
      for (const { granted, roles } of distinctGrants.values()) {
        const theirs = compileGrants(registry(), grantSetOf(specializeGrants(granted, roles)));
        if (!containsGrants(own, theirs, registry())) throw new AppError('target-outranks-caller');
      }
    }
  }

  function requireMayDelegate(caller: Caller, always: readonly Grant[], before: DelegatedGrants, after: DelegatedGrants): void {
    if (!mayDelegateTo(caller, always, before, after, registry())) throw new AppError('grants-exceed-own');
  }

  async function requireMayChange(asking: Caller, before: DelegatedGrants, after: DelegatedGrants, session?: ClientSession): Promise<void> {
    const caller = await current(asking, session);
    if (caller.grants.isSuperadmin) return;
    requireMayDelegate(caller, await baselineGrants(caller.tenantId, session), before, after);
  }

  return {
    rolesOf, requireMayActOn, requireMayChange,
    async requireMayChangeRole(asking, roleId, session) {
      const caller = await current(asking, session);
      if (caller.grants.isSuperadmin) return;
      for await (const principals of principalsOfRole(caller.tenantId, roleId, session)) await requireMayActOn(caller, principals, session);
    },
    async requireMayChangeEach(asking, users, change, session) {
      const caller = await current(asking, session);
      if (caller.grants.isSuperadmin || users.length === 0) return;
      await requireMayActOn(caller, users, session);
      const always = await baselineGrants(caller.tenantId, session);
      for (const some of inBatches(users)) {
        const [before, after] = [await read(caller.tenantId, some, session), await read(caller.tenantId, some.map(change), session)];
        const looked = new Map<readonly Grant[], Set<readonly Grant[]>>();
        for (const [index, delegated] of before.entries()) {
          const would = after[index];
          const known = looked.get(delegated.granted) ?? new Set();
          if (!would || known.has(would.granted)) continue;
          looked.set(delegated.granted, known.add(would.granted));
          requireMayDelegate(caller, always, delegated, would);
        }
      }
    },
    async withDelegationCheck(asking, readDelegated, work, session) {
      const caller = await current(asking, session); // before the work, which may add rights
      if (caller.grants.isSuperadmin) return work();
      const before = await readDelegated();
      const result = await work();
      await requireMayChange(caller, before, await readDelegated(), session);
      return result;
    },
  };
}

function inBatches<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / batch) }, (_, index) => list.slice(index * batch, (index + 1) * batch));
}
