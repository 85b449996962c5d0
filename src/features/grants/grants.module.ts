import type { ClientSession } from 'mongoose';
import { holdingsOf } from '../../engine/grants/grant.ts';
import { compileGrants } from '../../engine/grants/compiled-grants.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import { createCallerNow } from './caller-now.ts';
import { createDelegation } from './delegation.service.ts';
import type { Delegation } from './delegation.service.ts';
import type { HeldReader } from './grant-resolver.ts';
import { createPrincipalsOfRole } from './role-principals.ts';
import type { Stores } from '../../platform/database/database.ts';

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
