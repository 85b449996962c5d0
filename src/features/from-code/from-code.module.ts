import { AppError } from '../../errors/errors.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { RouteDefinition } from '../../http/route/define-route.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { inTransaction } from '../../platform/database/transactions.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { RefusalLog } from '../audit/refusal.types.ts';
import type { GrantReads } from '../grants/grant-reads.types.ts';
import type { TenantStates } from '../tenants/tenant.store.ts';
import type { UserStore } from '../users/user.store.ts';
import { createAccessFor } from './access-for.ts';
import type { AccessForDeps } from './access-for.ts';
import { createLoadActor, isId } from './load-actor.ts';
import type { LoadActorDeps } from './load-actor.ts';
import { createReadPrincipalNow } from './principal-now.ts';
import type { PrincipalNowDeps } from './principal-now.ts';
import { createRolesFromCode } from './roles-from-code.ts';
import { createRunCall } from './run-call.ts';
import { createUsersFromCode } from './users-from-code.ts';

export interface FromCodeModuleDeps extends
  Pick<Platform, 'clock' | 'connection' | 'database' | 'watchdog'>, Pick<PrincipalNowDeps, 'attributesOf'>, Pick<AccessForDeps, 'explain'> {
  readonly stores: {
    readonly users: Pick<UserStore, 'read'>;
    readonly clients: { readonly read: PrincipalNowDeps['readClient']; readonly tenantOf: LoadActorDeps['tenantOfClient'] };
    readonly grantReads: Pick<GrantReads, 'lockUser' | 'lockClient' | 'tenantOfUser'>;
    readonly tenants: Pick<TenantStates, 'read' | 'ensureLocated'>;
  };
  readonly grants: Pick<PrincipalNowDeps, 'resolveGrants' | 'compileEffective'>;
  readonly registry: () => UrlRegistry;
  readonly isOpen: () => boolean;
  /** All routes of Gatehouse. */
  readonly routes: () => readonly RouteDefinition[];
  readonly refusals: Pick<RefusalLog, 'note'>;
}

/** Creates the module with which the code of a host calls Gatehouse: users, roles, and the access of a user. */
export function createFromCodeModule(deps: FromCodeModuleDeps) {
  const { clock, connection, database, watchdog, attributesOf, explain, stores, grants, registry, isOpen, routes, refusals } = deps;
  const { users, clients, grantReads, tenants } = stores;
  const { tenantOfUser } = grantReads;
  const readPrincipalNow = createReadPrincipalNow({
    readUser: users.read, readClient: clients.read, readTenant: tenants.read, ...grants, attributesOf, clock,
  });
  const inSnapshot = <T>(read: (session: ClientSession) => Promise<T>) => inTransaction(connection, read);
  const loadActor = createLoadActor({
    tenantOfClient: clients.tenantOf, tenantOfUser, ensureLocated: tenants.ensureLocated, inSnapshot, readPrincipalNow,
    lock: ({ kind, id, tenantId }, session) => (kind === 'client' ? grantReads.lockClient : grantReads.lockUser)(tenantId, id, session),
  });
  const runCall = createRunCall({ loadActor, registry, isOpen, routes, refusals, clock });
  const run: typeof runCall = (...call) => watchdog.watched(runCall(...call));
  const accessFor = createAccessFor({
    clock, stored: database.storedAs,
    async explain(caller, question, ip) {
      await tenants.ensureLocated(caller.tenantId); // it may be long ago that a request did
      return explain(caller, question, ip);
    },
    async readNow(id) {
      if (!isOpen()) throw new AppError('not-ready');
      // A host may hand on a value of a request, and an object would be a query.
      if (!isId(id)) throw new TypeError('accessFor needs a userId or a clientId.');
      const ofClient = clients.tenantOf(id);
      const tenantId = ofClient ?? await tenantOfUser(id);
      if (tenantId === null) return 'unknown';
      await tenants.ensureLocated(tenantId);
      return inSnapshot((session) => readPrincipalNow({ kind: ofClient === null ? 'user' : 'client', id, tenantId }, session));
    },
  });
  return {
    name: 'from-code',
    routes: [],
    calls: {
      users: createUsersFromCode(run), roles: createRolesFromCode(run),
      accessFor: (userId: string) => watchdog.watched(accessFor(userId)),
    },
  } satisfies Module & Record<string, unknown>;
}
