import type { Caller } from '../../engine/caller.ts';
import type { ExplainedDecision } from '../../engine/explain.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { inTransaction } from '../../platform/database/transactions.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { EachPrincipal, GrantResolver, SessionPrincipal } from '../grants/grants.types.ts';
import type { UserStore } from '../users/user.store.ts';
import { questionOf } from './check.shape.ts';
import { createPermissionRoutes } from './decision.routes.ts';
import type { PermissionRouteDeps } from './decision.routes.ts';
import { createPermissionService } from './decision.service.ts';
import { createLongWork } from './long-work.ts';
import { createSubjectCache } from './subject-cache.ts';
import type { SubjectCacheDeps } from './subject-cache.ts';
import { createDecideCombinations } from './decided-combinations.ts';
import type { DecidedCombinationsDeps } from './decided-combinations.ts';
import { createFindPossibleHolders } from './possible-holders.ts';
import type { PossibleHoldersDeps } from './possible-holders.ts';
import { createFindWhoCan } from './who-can.service.ts';

export interface DecisionsModuleDeps extends Pick<Platform, 'clock' | 'connection' | 'feed' | 'invalidation' | 'metrics' | 'rates'> {
  readonly stores: {
    readonly users: UserStore;
    /** Also takes userIds, which no client has. */
    readonly clients: {
      readonly readAll: (tenantId: string, ids: readonly string[], session?: ClientSession) => Promise<SessionPrincipal[]>;
    };
  };
  readonly grants: Pick<GrantResolver, 'resolveGrantsOfAll'> & {
    readonly eachPrincipal: EachPrincipal;
    readonly compileEffective: SubjectCacheDeps['compile'];
    readonly currentRights: PermissionRouteDeps['goodRights'];
  } & Pick<PossibleHoldersDeps, 'readGrantSources' | 'readMembershipsOn' | 'areProvided' | 'baseRole'>
  & Pick<DecidedCombinationsDeps, 'countCombinations'>;
  /** The attributes that conditions can compare, of a principal with these roles and memberships. */
  readonly attributesOf: SubjectCacheDeps['attributesOf'];
  readonly registry: () => UrlRegistry;
}

/** Creates the module that answers questions about what principals may do: checks, explanations and `who-can`. */
export function createDecisionsModule({
  stores, grants, attributesOf, registry, clock, connection, feed, invalidation, metrics, rates,
}: DecisionsModuleDeps) {
  const { eachPrincipal, resolveGrantsOfAll, compileEffective } = grants;
  const inSnapshot = <T>(work: (session: ClientSession) => Promise<T>) => inTransaction(connection, work);
  const readUsers = async (tenantId: string, userIds: readonly string[], session: ClientSession): Promise<SessionPrincipal[]> => [
    ...await stores.users.readAll(tenantId, userIds, session),
    ...await stores.clients.readAll(tenantId, userIds, session),
  ];
  const readGrantsOf = (tenantId: string, userIds: readonly string[]) => inSnapshot(
    async (session) => resolveGrantsOfAll(tenantId, await readUsers(tenantId, userIds, session), session),
  );
  const beginLongWork = createLongWork();
  const subjectCache = createSubjectCache({
    clock, beginLongWork, attributesOf, tokensFor: invalidation.tokensFor, isFresh: feed.isFresh,
    onLookup: (hit) => { metrics.cacheLookup('subject', hit); },
    compile: compileEffective,
    resolveGrantsOf: readGrantsOf,
  });
  const permissions = createPermissionService({
    registry, clock, attributesOf, findSubjects: subjectCache.find, beginLongWork, spend: rates.spend,
    readWithGrants: async (tenantId, userId) => (await readGrantsOf(tenantId, [userId]))[0],
    findWhoCan: createFindWhoCan({
      registry, clock, eachPrincipal, beginLongWork, attributesOf,
      findPossibleHolders: createFindPossibleHolders({ ...grants, registry }),
      decideCombinations: createDecideCombinations({ ...grants, registry }),
      inSnapshot,
    }),
  });
  return {
    name: 'decisions',
    about: { title: 'Permissions', description: 'What somebody may do, who may do something, and why.' },
    routes: createPermissionRoutes({ permissions, goodRights: grants.currentRights }),
    /**
     * Explains a decision about the caller of a request, who comes from this address.
     * Throws `unknown-url`, `user-not-found`, `user-disabled`.
     */
    explain(
      caller: Caller, [action, resource, attributes]: Parameters<typeof questionOf>, ip: string | null,
    ): Promise<ExplainedDecision> {
      return permissions.explainTo(caller, questionOf(action, resource, attributes), ip);
    },
  } satisfies Module & Record<string, unknown>;
}
