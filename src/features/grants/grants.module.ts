import type { ClientSession, Model } from 'mongoose';
import { compileGrants } from '../../engine/grants/compiled-grants.ts';
import { grantSetOf } from '../../engine/grants/grant.ts';
import { isStale } from '../../engine/grants/right.ts';
import type { Right } from '../../engine/grants/right.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import { createSignedEntries } from '../../platform/cache/signed-entries.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Client } from '../clients/client.model.ts';
import { createReadGroups } from '../groups/group.model.ts';
import type { Group } from '../groups/group.model.ts';
import type { Membership } from '../memberships/membership.model.ts';
import { createMembershipStore } from '../memberships/membership.store.ts';
import type { Role } from '../roles/role.model.ts';
import { createRoleStore } from '../roles/role.store.ts';
import type { User } from '../users/user.model.ts';
import { createCallerNow } from './caller-now.ts';
import { createDelegation } from './delegation.service.ts';
import { createEachPrincipal } from './each-principal.ts';
import { createGrantResolver } from './grant-resolver.ts';
import type { GrantResolverDeps } from './grant-resolver.ts';
import type { RightSet } from './right-set.model.ts';
import { createRightSetService } from './right-set.service.ts';
import { createPrincipalsOfRole } from './role-principals.ts';
import { createSharedGrantCache } from './shared-grant-cache.ts';

export interface GrantsModuleDeps extends Pick<Platform, 'clock' | 'connection' | 'digestFor' | 'metrics' | 'redis'>, Pick<GrantResolverDeps, 'baseRole' | 'isSuperadmin' | 'isTenantAdmin'> {
  readonly models: {
    readonly users: Model<User>;
    readonly clients: Model<Client>;
    readonly roles: Model<Role>;
    readonly groups: Model<Group>;
    readonly memberships: Model<Membership>;
    readonly rightSets: Model<RightSet>;
  };
  readonly registry: () => UrlRegistry;
}

/** What principals hold, and who may change it. */
export function createGrantsModule({ models, registry, clock, connection, digestFor, metrics, redis, ...ladder }: GrantsModuleDeps) {
  const { users, clients, roles, groups, memberships, rightSets } = models;
  const resolver = createGrantResolver({
    clock, readRoles: createRoleStore(roles).readWithParents, readGroups: createReadGroups(groups), readMemberships: createMembershipStore(memberships).readOf, ...ladder,
  });
  const lock = async (tenantId: string, _id: string, session: ClientSession) => await users.findOneAndUpdate({ tenantId, _id }, { $inc: { acts: 1 } }, { session }).lean()
    ?? clients.findOneAndUpdate({ tenantId, _id }, { $inc: { acts: 1 } }, { session }).lean();
  const delegation = createDelegation({
    registry, clock, ...resolver,
    callerNow: createCallerNow(
      { lock, clock, resolveGrants: resolver.resolveGrants, compile: (granted) => compileGrants(registry(), grantSetOf(granted)) },
    ),
    principalsOfRole: createPrincipalsOfRole({ ...models, baseRole: ladder.baseRole, clock }),
  });
  return {
    name: 'grants',
    routes: [],
    ...resolver,
    delegation,
    eachPrincipal: createEachPrincipal({ model: users, resolveGrantsOfAll: resolver.resolveGrantsOfAll }),
    rightSets: createRightSetService({ model: rightSets, registry, onLookup: (hit) => { metrics.cacheLookup('grants', hit); } }),
    sharedGrantCache: redis && createSharedGrantCache({
      entries: createSignedEntries({ store: redis, digest: digestFor('cached grants') }),
      place: `${connection.name}.${users.collection.collectionName}`, registry, clock,
    }),
    /** The rights of a list whose URLs are registered; all registered URLs for a superadmin. */
    currentRights: (rights: readonly Right[], isSuperadmin: boolean) => (isSuperadmin ? registry().urls : rights.filter((right) => !isStale(registry(), right))),
  } satisfies Module & Record<string, unknown>;
}

export type GrantsModule = ReturnType<typeof createGrantsModule>;
