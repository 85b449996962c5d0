import type { ClientSession } from 'mongoose';
import { holdingsOf } from './access/given.ts';
import { compileGrants } from './access/grants.ts';
import type { UrlRegistry } from './access/url-registry.ts';
import { createCallerNow } from './permissions/caller-now.ts';
import { createDelegation } from './permissions/delegation.service.ts';
import type { Delegation } from './permissions/delegation.service.ts';
import type { HeldReader } from './permissions/given.service.ts';
import { createPrincipalsOfRole } from './permissions/role-principals.ts';
import type { Stores } from './stores.ts';

export interface DelegationServiceDeps {
  readonly stores: Stores;
  readonly registry: () => UrlRegistry;
  readonly held: HeldReader;
  /** Held by everybody. */
  readonly baseRole: string;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Wires the rules of who may act on whom to what is stored of users and clients. */
export function createDelegationServices({ stores, registry, held, baseRole, clock }: DelegationServiceDeps): Delegation {
  const lock = async (tenantId: string, _id: string, session: ClientSession) => await stores.users.findOneAndUpdate({ tenantId, _id }, { $inc: { acts: 1 } }, { session }).lean()
    ?? stores.clients.findOneAndUpdate({ tenantId, _id }, { $inc: { acts: 1 } }, { session }).lean();
  return createDelegation({
    registry, clock, ...held,
    callerNow: createCallerNow({ lock, clock, readHeld: held.readHeld, compile: (given) => compileGrants(registry(), holdingsOf(given)) }),
    principalsOfRole: createPrincipalsOfRole({ ...stores, baseRole, clock }),
  });
}
