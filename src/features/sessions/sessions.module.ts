import type { Caller } from '../../engine/caller.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import { inTransaction } from '../../platform/database/transactions.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import { loginToClaims } from '../../tokens/access-claims.ts';
import type { CurrentTokens } from '../../tokens/current-tokens.ts';
import { createRefreshTokens } from '../../tokens/refresh-tokens.ts';
import type { RefusalLog } from '../audit/refusal.types.ts';
import type { TenantSettings } from '../tenants/tenant.model.ts';
import type { TenantDirectory } from '../tenants/tenant.types.ts';
import type { TenantStates } from '../tenants/tenant.store.ts';
import type { ValidateLogin } from '../users/user.types.ts';
import type { UserStore } from '../users/user.store.ts';
import { createCallerCache } from './caller-cache.ts';
import { createDeviceCookies } from './login/device-cookie.ts';
import { createLogIn } from './login/login.service.ts';
import { createRefresh } from './refresh.service.ts';
import type { Session } from './session.model.ts';
import { createSessionRoutes } from './session.routes.ts';
import type { SessionRouteDeps } from './session.routes.ts';
import { createSessionService } from './session.service.ts';
import type { SessionDeps } from './session.service.ts';
import type { SessionStore } from './session.store.ts';

export interface SessionsModuleDeps extends Pick<
  Platform,
  'changes' | 'clock' | 'connection' | 'digestFor' | 'feed' | 'invalidation' | 'limits' | 'logger' | 'metrics' | 'passwords'
  | 'tenantLocations' | 'rates'
> {
  readonly stores: {
    readonly users: UserStore;
    readonly sessions: SessionStore;
    readonly clients: {
      readonly isClientId: (id: string) => boolean;
      readonly read: SessionDeps['readClient'];
      readonly touchForToken: SessionDeps['touchForToken'];
    };
    readonly tenants: TenantStates;
  };
  readonly settings: { readonly publicUrl: string; readonly sessionHours: number; readonly accessTokenSeconds: number };
  readonly grants: Pick<SessionDeps, 'resolveGrants' | 'sharedGrantCache'> & {
    readonly rightSets: { readonly ensure: SessionDeps['rightSetOf']; readonly grantsOf: SessionDeps['grantsOf'] };
  };
  /** What conditions may ask of a principal with these roles and memberships. */
  readonly attributesOf: SessionDeps['attributesOf'];
  readonly limitsOf: (tenantId: string, settings: TenantSettings) => { readonly checksPerSecond?: number };
  readonly accessTokens: CurrentTokens;
  readonly directory: TenantDirectory;
  readonly refusals: Pick<RefusalLog, 'note'>;
  /** Loads the location of a tenant; undefined if it is known already. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
  readonly validate?: ValidateLogin | undefined;
  /** Throws `target-outranks-caller`, `user-not-found`, `client-not-found`. */
  readonly requireMayActOn: (caller: Caller, session: Session) => Promise<unknown>;
  readonly requireReturnUrl: SessionRouteDeps['requireReturnUrl'];
  readonly logoutUrlOf: SessionRouteDeps['logoutUrlOf'];
}

/** Sessions: logins, refresh tokens, and the callers of access tokens. */
export function createSessionsModule(deps: SessionsModuleDeps) {
  const { stores, settings, grants, attributesOf, limitsOf, accessTokens, directory, refusals, ensureLocated, validate } = deps;
  const { changes, clock, connection, digestFor, feed, invalidation, limits, logger, metrics, passwords, tenantLocations, rates } = deps;
  const { users, clients, tenants, sessions: store } = stores;

  const refreshTokens = createRefreshTokens(digestFor('refresh tokens'));
  const sessions = createSessionService({
    store, changes, clock, attributesOf, sessionHours: settings.sessionHours, clientSeconds: settings.accessTokenSeconds,
    readTenant: tenants.read, readUser: users.read, readClient: clients.read, touchForLogin: users.touchForLogin,
    touchForToken: clients.touchForToken,
    inSnapshot: (read) => inTransaction(connection, read),
    resolveGrants: grants.resolveGrants, sharedGrantCache: grants.sharedGrantCache, rightSetOf: grants.rightSets.ensure,
    grantsOf: grants.rightSets.grantsOf,
    signToken: accessTokens.sign, makeRefreshToken: refreshTokens.make,
  });
  const callerCache = createCallerCache({
    clock, loadCaller: sessions.loadCaller, tokensFor: invalidation.tokensFor, isFresh: feed.isFresh, isLocated: tenantLocations.isKnown,
    onLookup: (hit) => { metrics.cacheLookup('session', hit); },
    admit: (tenantId, own) => { rates.admit(tenantId, limitsOf(tenantId, own).checksPerSecond); },
  });
  const refresh = createRefresh({ store, changes, clock, tokens: refreshTokens, reissue: sessions.reissue });
  const logIn = metrics.countLogins(createLogIn({
    sessions, passwords, limits, clock, validate, accountOf: emailKeyOf,
    findByEmail: users.readByEmail, storePassword: users.storePassword, storeSources: users.storeSources, readTenant: tenants.read,
    devices: createDeviceCookies({ digest: digestFor('device cookies'), clock, isSecure: settings.publicUrl.startsWith('https:') }),
    digestSource: digestFor('known sources'),
    onNotRenewed: (error) => { logger.warn(error, 'the hash of a password was not renewed: the next login tries again'); },
    noteFailure: (actor, code) => { refusals.note({ ...actor, code, action: 'session.login', method: 'POST', url: '/users/login' }); },
  }));
  return {
    name: 'sessions',
    about: { title: 'Sessions', description: 'Log in, refresh, log out, and end sessions.' },
    routes: createSessionRoutes({ ...deps, logIn, refresh, sessions, tenants: directory }),
    forgetUser: (tx, { _id }) => store.endAllOf(tx, _id),
    sessions, callerCache, refreshTokens,
    /** Reads a caller again from the database. Throws `session-ended`, `user-disabled`. */
    async reloadCaller({ userId, tenantId, sessionId, auth }: Caller): Promise<Caller> {
      await ensureLocated(tenantId);
      return callerCache.load({
        sub: userId, sid: sessionId, tenant: tenantId, ...(clients.isClientId(userId) && { client_id: userId }),
        ...(auth && loginToClaims(auth)),
      }, { countsRequest: false });
    },
  } satisfies Module & Record<string, unknown>;
}
