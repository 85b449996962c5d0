import type { KeyObject } from 'node:crypto';
import { sourceOf } from '../../../http/request/client-ip.ts';
import type { ErasedUser } from '../../../platform/module.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { defaultTenantId } from '../../../platform/database/tenancy/tenant-scope.ts';
import { discoveriesPerSource } from '../../../platform/limits/limit.policy.ts';
import type { Platform } from '../../../platform/platform.ts';
import { createRemoteKeys } from '../../../tokens/remote-keys.ts';
import { importForeignKey } from '../../../tokens/verification-key.ts';
import type { RefusalLog } from '../../audit/refusal.types.ts';
import type { VerifiedDomains } from '../../domains/domain.store.ts';
import type { Becoming, PersonReading } from '../../identities/identity.types.ts';
import type { IdentityStore } from '../../identities/identity.store.ts';
import type { OneTimeTokens } from '../../links/one-time-token.types.ts';
import type { SessionStore } from '../../sessions/session.store.ts';
import type { SessionService } from '../../sessions/session.types.ts';
import { takesLogins } from '../../tenants/tenant.model.ts';
import type { TenantStates } from '../../tenants/tenant.store.ts';
import type { TenantDirectory } from '../../tenants/tenant.types.ts';
import type { UserStore } from '../../users/user.store.ts';
import { createOidcConnections } from '../oidc/oidc-connections.ts';
import { createLogOutByToken } from '../logout/back-channel.service.ts';
import { createLogoutRoutes } from '../logout/logout.routes.ts';
import { createLogoutUrlOf } from '../logout/logout-url.ts';
import type { SeenAssertionStore } from '../logout/seen-assertion.store.ts';
import type { ProviderStore } from '../provider.store.ts';
import { signingAlgorithms } from '../provider.types.ts';
import type { LoginLocks } from '../providers/login-locks.ts';
import type { UsableProviders } from '../providers/usable-providers.ts';
import type { LoginTraces } from '../traces/login-trace.store.ts';
import type { ProviderTests } from '../trials/provider-tests.service.ts';
import type { ProviderTestStore } from '../trials/provider-test.store.ts';
import { createBrowserLogin, foreignPerSource } from './browser-login.ts';
import type { LoginCodeStore } from './codes/login-code.store.ts';
import { createLoginCodes } from './codes/login-codes.service.ts';
import { createDiscover } from './discover.ts';
import { createLoginRoutes } from './login.routes.ts';
import type { LoginProviders } from './login-ports.types.ts';
import { createLoginTickets } from './login-tickets.ts';
import { createOwnIdentityRoutes } from './own-identity.routes.ts';
import { tenantIdOf } from './oidc-provider.ts';
import type { StartLoginDeps } from './start-login.ts';
import type { LoginTransactionStore } from './transactions/login-transaction.store.ts';

export interface SignOnDeps extends Pick<Platform, 'changes' | 'clock' | 'limits' | 'metrics' | 'signOn'> {
  readonly stores: {
    readonly identityProviders: Pick<ProviderStore, 'findActiveOfDomain'>;
    readonly loginTransactions: LoginTransactionStore;
    readonly loginCodes: LoginCodeStore;
    readonly loginTraces: LoginTraces;
    readonly providerTests: ProviderTestStore;
    readonly seenAssertions: SeenAssertionStore;
    readonly identities: IdentityStore;
    readonly domains: VerifiedDomains;
    readonly sessions: SessionStore;
    readonly tenants: Pick<TenantStates, 'read'>;
    readonly users: Pick<UserStore, 'read' | 'touchActive'>;
  };
  readonly settings: { readonly keyEncryptionKey: KeyObject; readonly publicUrl: string; readonly production: boolean };
  readonly usable: UsableProviders;
  readonly tests: ProviderTests;
  readonly loginLocks: LoginLocks;
  readonly tokens: OneTimeTokens;
  readonly identities: { readonly becoming: Becoming; readonly reading: PersonReading };
  readonly sessions: { readonly sessions: SessionService };
  readonly directory: Pick<TenantDirectory, 'ofToken' | 'resolve'>;
  readonly refusals: Pick<RefusalLog, 'note'>;
  readonly requireReturnUrl: StartLoginDeps['requireReturnUrl'];
}

/** Creates the logins through identity providers, and their ends. */
export function createSignOn(deps: SignOnDeps) {
  const { stores, settings, usable, loginLocks, identities: { becoming, reading }, sessions: { sessions }, clock, limits, signOn } = deps;
  const { keyEncryptionKey, publicUrl } = settings;
  /** A tenant that is suspended, or that allows no logins through providers, has none. */
  const providers: LoginProviders = {
    async find(providerId, revision) {
      const tenantId = tenantIdOf(providerId);
      return tenantId !== null && takesLogins(await stores.tenants.read(tenantId), 'sso') ? usable.find(providerId, revision) : null;
    },
  };
  const connections = createOidcConnections({
    fetch: signOn.fetch, clock, allowsHttp: !settings.production,
    createKeys: (url) => createRemoteKeys({
      url, clock, fetch: signOn.fetch, importKey: (jwk) => importForeignKey(jwk, signingAlgorithms),
    }),
  });
  const tickets = createLoginTickets({
    ...deps, providers, identities: stores.identities, findSession: sessions.find, publicUrl,
  });
  const codes = createLoginCodes({
    ...deps, sessions, becoming, providers, codes: stores.loginCodes, requireActive: loginLocks.requireActive, users: stores.users,
    isOpen: async ({ session, actor: { tenantId } }) => takesLogins(await stores.tenants.read(tenantId, session), 'sso'),
  });
  const login = createBrowserLogin({
    ...deps, becoming, reading, providers, connections, tickets, traces: stores.loginTraces, publicUrl, keyEncryptionKey,
  });
  const logOutByToken = createLogOutByToken({
    ...deps, reading, providers, connections, sessions: stores.sessions, codes: stores.loginCodes, identities: stores.identities,
    seen: stores.seenAssertions, traces: stores.loginTraces,
    mayTrace: ({ ip }) => limits.tryToTake(foreignPerSource, { tenantId: defaultTenantId, subject: sourceOf(ip) }),
  });
  return {
    routes: [
      ...createLoginRoutes({
        login, codes, directory: deps.directory, publicUrl,
        discover: createDiscover({ ...deps, ...stores, store: stores.identityProviders }),
        countDiscovery: ({ ip }) => limits.take(discoveriesPerSource, { tenantId: defaultTenantId, subject: sourceOf(ip) }),
      }),
      ...createOwnIdentityRoutes({ tickets, codes }),
      ...createLogoutRoutes({ logOutByToken }),
    ],
    forgetUser: async (tx: ChangeTransaction, { _id }: ErasedUser) => {
      await stores.loginCodes.dropAllOf(tx, _id);
      await stores.loginTransactions.dropAllOf(tx, _id);
    },
    confirmations: { orderConfirmation: tickets.orderConfirmation, confirmByCode: codes.confirm },
    logoutUrlOf: createLogoutUrlOf({ providers, connections }),
  };
}
