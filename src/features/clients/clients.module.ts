import type { ChangeService } from '../../platform/changes/change.service.ts';
import { isClientSecret, tenantOfClient } from './client.secret.ts';
import type { ClientPrincipals } from './client.store.ts';
import { createClientService } from './client.service.ts';
import type { ClientDeps } from './client.service.ts';
import type { RateLimits } from '../../platform/limits/rate-limit.service.ts';
import { createAuthenticateClient } from './oauth/authenticate-client.ts';
import type { AuthenticateClientDeps } from './oauth/authenticate-client.ts';
import { createOAuthService } from './oauth/oauth.service.ts';
import type { Callers } from '../sessions/caller-cache.ts';
import type { SessionService } from '../sessions/session.service.ts';
import type { Settings } from '../../settings/load-settings.ts';
import type { Stores } from '../../platform/database/database.ts';
import type { CurrentTokens } from '../../tokens/current-tokens.ts';
import type { RefreshTokens } from '../../tokens/refresh-tokens.ts';

export interface ClientServiceDeps extends Pick<ClientDeps, 'clock' | 'delegation' | 'readGiven' | 'claimRoles'>, Pick<AuthenticateClientDeps, 'readTenant' | 'serves' | 'noteFailure'> {
  readonly stores: Stores;
  readonly settings: Settings;
  readonly changes: ChangeService;
  readonly principals: ClientPrincipals;
  readonly sessions: SessionService;
  readonly callers: Pick<Callers, 'load'>;
  readonly limits: RateLimits;
  readonly accessTokens: CurrentTokens;
  readonly refreshTokens: RefreshTokens;
}

/** Wires clients, and what they ask of /oauth/. */
export function createClientServices({ stores, settings, changes, principals, sessions, callers, limits, accessTokens, refreshTokens, readTenant, serves, noteFailure, ...rest }: ClientServiceDeps) {
  return {
    clients: createClientService({ ...rest, model: stores.clients, changes, endSessions: sessions.endAllOf }),
    oauth: createOAuthService({ sessions, loadCaller: callers.load, verify: accessTokens.verify, readRefreshToken: refreshTokens.read, issuer: settings.publicUrl }),
    authenticateClient: createAuthenticateClient({
      findClient: principals.readWithSecret, tenantOfClient, isClientSecret, readTenant, serves, tryOf: limits.clientTry, noteFailure,
    }),
  };
}
