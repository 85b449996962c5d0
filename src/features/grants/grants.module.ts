import { compileGrants } from '../../engine/grants/compiled-grants.ts';
import { grantSetOf } from '../../engine/grants/grant.ts';
import { isStale } from '../../engine/grants/right.ts';
import type { Right } from '../../engine/grants/right.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import { createSignedEntries } from '../../platform/cache/signed-entries.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import { createCallerNow } from './caller-now.ts';
import { createDelegation } from './delegation.service.ts';
import { createEachPrincipal } from './holders/each-principal.ts';
import type { GrantReads } from './grant-reads.types.ts';
import { createGrantResolver } from './grant-resolver.ts';
import type { GrantResolverDeps } from './grant-resolver.ts';
import type { EffectiveGrants } from './grants.types.ts';
import { createRightSetService } from './right-set.service.ts';
import type { RightSetStore } from './right-set.store.ts';
import { contentOf } from './right-set.types.ts';
import { createReadGrantSources } from './grant-sources.ts';
import { createReadAssignments } from './holders/assignments.ts';
import { createMarksOfRoles } from './holders/marks-of-roles.ts';
import { createPrincipalsOfRole } from './holders/role-principals.ts';
import { createSharedGrantCache } from './shared-cache/shared-grant-cache.ts';

export interface GrantsModuleDeps extends
  Pick<Platform, 'clock' | 'connection' | 'digestFor' | 'metrics' | 'redis'>,
  Pick<GrantResolverDeps, 'baseRole' | 'isSuperadmin' | 'isTenantAdmin'> {
  readonly stores: { readonly rightSets: RightSetStore; readonly grantReads: GrantReads };
  readonly registry: () => UrlRegistry;
}

/** The grants of principals, and the rules of who may change them. */
export function createGrantsModule({ stores, registry, clock, connection, digestFor, metrics, redis, ...ladder }: GrantsModuleDeps) {
  const { lockUser, lockClient, usersCollection, ...reads } = stores.grantReads;
  const resolver = createGrantResolver({ clock, ...reads, ...ladder });
  const callerNow = createCallerNow({
    clock, resolveGrants: resolver.resolveGrants,
    lock: async (tenantId, principalId, session) => (
      await lockUser(tenantId, principalId, session) ?? lockClient(tenantId, principalId, session)),
    compile: (granted) => compileGrants(registry(), grantSetOf(granted)),
  });
  const marksOfRoles = createMarksOfRoles({ ...reads, baseRole: ladder.baseRole });
  const delegation = createDelegation({
    registry, clock, callerNow, ...resolver, principalsOfRole: createPrincipalsOfRole({ ...reads, marksOfRoles, clock }),
  });
  const rightSets = createRightSetService({
    store: stores.rightSets, registry, onLookup: (hit) => { metrics.cacheLookup('grants', hit); },
  });
  return {
    name: 'grants',
    routes: [],
    ...resolver,
    delegation, callerNow, marksOfRoles, rightSets,
    readGrantSources: createReadGrantSources({ ...reads, ...ladder }),
    readMembershipsOn: reads.readMembershipsOn,
    areProvided: reads.areProvided,
    readProvided: reads.readProvided,
    readMembersOfRoles: reads.readMembersOfRoles,
    countCombinations: reads.countCombinations,
    baseRole: ladder.baseRole,
    eachPrincipal: createEachPrincipal({ ...reads, ...resolver }),
    readAssignments: createReadAssignments({ ...reads, clock, baseRole: ladder.baseRole }),
    /** Compiles effective grants; equal ones share the result. */
    compileEffective: (tenantId: string, effective: EffectiveGrants) => rightSets.compile(tenantId, contentOf(effective)),
    sharedGrantCache: redis && createSharedGrantCache({
      entries: createSignedEntries({ store: redis, digest: digestFor('cached grants') }),
      place: `${connection.name}.${usersCollection}`, registry, clock,
    }),
    /** The rights of a list whose URLs are registered; all registered URLs for a superadmin. */
    currentRights: (
      rights: readonly Right[], isSuperadmin: boolean,
    ) => (isSuperadmin ? registry().urls : rights.filter((right) => !isStale(registry(), right))),
  } satisfies Module & Record<string, unknown>;
}
