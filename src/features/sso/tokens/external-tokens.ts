import type { ErrorCode } from '../../../errors/table.ts';
import type { Actor } from '../../../platform/changes/change.service.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { RefusalLog } from '../../audit/refusal.types.ts';
import type { Becoming, PersonReading } from '../../identities/identity.types.ts';
import type { SessionService } from '../../sessions/session.types.ts';
import { takesLogins } from '../../tenants/tenant.model.ts';
import type { TenantStates } from '../../tenants/tenant.store.ts';
import type { TenantDirectory } from '../../tenants/tenant.types.ts';
import type { UserStore } from '../../users/user.store.ts';
import { createHeaderLogins } from '../header/header-login.ts';
import { createHeaderRoutes } from '../header/header.routes.ts';
import { createProxyList } from '../header/proxy-list.ts';
import type { ProviderService } from '../provider.service.ts';
import type { ProviderStore } from '../provider.store.ts';
import type { LoginLocks } from '../providers/login-locks.ts';
import type { UsableProviders } from '../providers/usable-providers.ts';
import type { LoginTraces } from '../traces/login-trace.store.ts';
import type { ProviderTestStore } from '../trials/provider-test.store.ts';
import type { ProviderTests } from '../trials/provider-tests.service.ts';
import { createDirectTokens } from './direct-tokens.ts';
import { createExchangeToken } from './exchange-token.ts';
import { createTokenSessions } from './open-token-session.ts';
import { createReadToken } from './read-token.ts';
import { createNoteRefused } from './refuse.ts';
import { createTokenKeys } from './token-keys.ts';
import { createTokenProviders } from './token-providers.ts';
import type { TokenSessionStore } from './token-session.store.ts';
import { createTokenTrials } from './validate-token.ts';
import { createValidateTokenRoutes } from './validate-token.routes.ts';

export interface ExternalTokensDeps extends Pick<Platform, 'changes' | 'clock' | 'limits' | 'invalidation' | 'feed' | 'signOn'> {
  readonly stores: {
    readonly identityProviders: ProviderStore;
    readonly loginTraces: LoginTraces;
    readonly providerTests: ProviderTestStore;
    readonly tokenSessions: TokenSessionStore;
    readonly users: Pick<UserStore, 'touchActive'>;
    readonly tenants: Pick<TenantStates, 'read'>;
  };
  readonly options: { readonly settings: { readonly production: boolean; readonly headerProxies: readonly string[] } };
  readonly identities: { readonly becoming: Becoming; readonly reading: PersonReading };
  readonly sessions: { readonly sessions: SessionService };
  readonly directory: Pick<TenantDirectory, 'resolve' | 'serves'>;
  readonly refusals: Pick<RefusalLog, 'note'>;
  readonly usable: UsableProviders;
  readonly loginLocks: LoginLocks;
  readonly findProvider: ProviderService['find'];
}

/** Creates the ways in without a browser login: tokens of providers, and trusted headers. */
export function createExternalTokens(deps: ExternalTokensDeps) {
  const { changes, clock, limits, invalidation, feed, signOn, stores, options: { settings }, directory, refusals } = deps;
  const { identities: { becoming, reading }, sessions: { sessions }, usable, loginLocks, findProvider } = deps;

  const isOpen = async (tenantId: string, host: string): Promise<boolean> => {
    const [tenant, isServed] = await Promise.all([stores.tenants.read(tenantId), directory.serves(host, tenantId)]);
    return isServed && takesLogins(tenant, 'sso');
  };
  const noteAt = (url: string) => createNoteRefused({
    traces: stores.loginTraces, tryToTake: limits.tryToTake, clock,
    noteRefusal: (actor: Actor, code: ErrorCode) => { refusals.note({ ...actor, code, action: 'sso.refused', method: 'POST', url }); },
  });
  const providers = createTokenProviders({
    store: stores.identityProviders, usable, tokensFor: invalidation.tokensFor, isFresh: feed.isFresh, clock,
  });
  const readToken = createReadToken({
    ...reading, clock, keysOf: createTokenKeys({ fetch: signOn.fetch, clock, allowsHttp: !settings.production }),
  });
  const tokenSessions = createTokenSessions({
    changes, becoming, loginLocks, touchActive: stores.users.touchActive, sessions, store: stores.tokenSessions, clock,
  });
  const trials = createTokenTrials({ readToken, becoming });
  return {
    trials,
    exchange: createExchangeToken({
      providers, readToken, tokenSessions, reissue: sessions.reissue, isOpen, noteRefused: noteAt('/oauth/token'),
    }),
    direct: createDirectTokens({
      providers, readToken, tokenSessions, clock, isOpen, tenantOf: (host) => directory.resolve({ host }),
    }),
    /** The URLs that need the tests of providers, too. */
    routesWith: (tests: ProviderTests) => [
      ...createValidateTokenRoutes({ trials, findProvider, usable }),
      ...createHeaderRoutes({
        isProxy: createProxyList(settings.headerProxies),
        logins: createHeaderLogins({
          ...reading, usable, tokenSessions, open: sessions.open, becoming, isOpen, noteRefused: noteAt('/sso/header/:providerId'), clock,
          tests: { finish: tests.finish, find: stores.providerTests.find },
        }),
      }),
    ],
  };
}
