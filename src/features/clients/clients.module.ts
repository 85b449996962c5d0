import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { CurrentTokens } from '../../tokens/current-tokens.ts';
import type { RefusalLog } from '../audit/refusal.types.ts';
import type { SessionStore } from '../sessions/session.store.ts';
import { createClientRoleHolder } from './client.role-holder.ts';
import { createClientRoutes } from './client.routes.ts';
import { isClientSecret, tenantOfClient } from './client.secret.ts';
import { createClientService } from './client.service.ts';
import type { ClientDeps } from './client.service.ts';
import type { ClientStore } from './client.store.ts';
import { createAuthenticateClient } from './oauth/authenticate-client.ts';
import type { AuthenticateClientDeps } from './oauth/authenticate-client.ts';
import { createOAuthRoutes } from './oauth/oauth.routes.ts';
import { createOAuthService } from './oauth/oauth.service.ts';
import type { OAuthDeps, OAuthSessions } from './oauth/oauth.service.ts';
import type { ExchangeSubjectToken } from './oauth/token-exchange.ts';

export interface ClientsModuleDeps extends
  Pick<Platform, 'changes' | 'clock' | 'limits'>, Pick<ClientDeps, 'delegation' | 'resolveAssigned' | 'lockRoles'>,
  Pick<AuthenticateClientDeps, 'serves'> {
  readonly stores: {
    readonly clients: ClientStore;
    readonly sessions: Pick<SessionStore, 'endAllOf'>;
    readonly tenants: { readonly read: AuthenticateClientDeps['readTenant'] };
  };
  readonly sessions: {
    readonly sessions: OAuthSessions;
    readonly callerCache: { readonly load: OAuthDeps['loadCaller'] };
    readonly refreshTokens: { readonly read: OAuthDeps['readRefreshToken'] };
  };
  readonly accessTokens: CurrentTokens;
  readonly refusals: Pick<RefusalLog, 'note'>;
  /** Exchanges a token of an identity provider. Throws `subject-token-refused`, `client-refused`. */
  readonly exchange: ExchangeSubjectToken;
  /** PUBLIC_URL: an origin. */
  readonly issuer: string;
}

/** Creates the module of clients: services that call without a user, and the URLs under /oauth/ where they get tokens. */
export function createClientsModule(deps: ClientsModuleDeps) {
  const { stores, changes, clock, limits, delegation, resolveAssigned, lockRoles, serves, sessions, accessTokens, refusals } = deps;
  const { issuer, exchange } = deps;
  const store = stores.clients;
  const clients = createClientService(
    { store, changes, clock, delegation, resolveAssigned, lockRoles, endSessions: stores.sessions.endAllOf },
  );
  const oauth = createOAuthService({
    sessions: sessions.sessions, loadCaller: sessions.callerCache.load, verify: accessTokens.verify,
    readRefreshToken: sessions.refreshTokens.read, issuer,
  });
  const authenticateClient = createAuthenticateClient({
    findClient: store.readWithSecret, readTenant: stores.tenants.read, tenantOfClient, isClientSecret, serves, tryOf: limits.clientTry,
    noteFailure: (actor, code, url) => { refusals.note({ ...actor, code, action: 'client.authenticate', method: 'POST', url }); },
  });
  return {
    name: 'clients',
    about: { title: 'Clients', description: 'Services that call without a user, and the OAuth URLs where they get tokens.' },
    routes: [...createClientRoutes({ clients }), ...createOAuthRoutes({ oauth, authenticateClient, exchange, issuer })],
    roleHolder: createClientRoleHolder(store, delegation),
    requireMayActOn: clients.requireMayActOn,
  } satisfies Module & Record<string, unknown>;
}
