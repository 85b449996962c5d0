import type { KeyObject } from 'node:crypto';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import { mailsPerAddress, testsPerProvider } from '../../platform/limits/limit.policy.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { OneTimeTokens } from '../links/one-time-token.types.ts';
import type { TenantRecordStore } from '../tenants/tenant-records.store.ts';
import type { TenantStates } from '../tenants/tenant.store.ts';
import type { TenantDirectory } from '../tenants/tenant.types.ts';
import type { UserStore } from '../users/user.store.ts';
import { createProviderRoutes, isPreviewed } from './provider.routes.ts';
import { createProviderSecrets } from './provider.secrets.ts';
import { createProviderService } from './provider.service.ts';
import type { ProviderStore } from './provider.store.ts';
import { createProviderValidation } from './provider.validation.ts';
import { createRequireOtherWayIn, createRequireWayIn } from './providers/last-way-in.ts';
import { createLoginLocks } from './providers/login-locks.ts';
import { createProviderDelegation } from './providers/provider-delegation.ts';
import type { ProviderDelegationDeps } from './providers/provider-delegation.ts';
import type { ProviderPorts } from './providers/provider-ports.types.ts';
import { createProviderStatus } from './providers/provider-status.ts';
import { createProviderRoleHolder } from './providers/provider.role-holder.ts';
import { createUsableProviders } from './providers/usable-providers.ts';
import { createSignOn } from './login/sign-on.ts';
import type { SignOnDeps } from './login/sign-on.ts';
import { createSetUpRoutes } from './setup/set-up.routes.ts';
import { createSetUps } from './setup/set-up.service.ts';
import { createLoginTraceRoutes } from './traces/login-trace.routes.ts';
import type { LoginTraces } from './traces/login-trace.store.ts';
import { createExternalTokens } from './tokens/external-tokens.ts';
import type { ExternalTokensDeps } from './tokens/external-tokens.ts';
import { createCheckProviders } from './trials/check-providers.ts';
import { createCheckReachable } from './trials/check-reachable.ts';
import { createCheckWithoutLogin } from './trials/check-without-login.ts';
import { createProviderTestRoutes } from './trials/provider-test.routes.ts';
import type { ProviderTestStore } from './trials/provider-test.store.ts';
import { createProviderTests } from './trials/provider-tests.service.ts';

export interface SsoModuleDeps extends
  Pick<Platform, 'lockDocument' | 'invalidation' | 'feed'>, Pick<ProviderDelegationDeps, 'delegation' | 'resolveAssigned' | 'lockRoles'>,
  Omit<SignOnDeps, 'usable' | 'tests' | 'loginLocks' | 'settings'>,
  Omit<ExternalTokensDeps, 'usable' | 'loginLocks' | 'findProvider' | 'options'> {
  readonly stores: SignOnDeps['stores'] & ExternalTokensDeps['stores'] & {
    readonly identityProviders: ProviderStore;
    readonly loginTraces: LoginTraces;
    readonly providerTests: ProviderTestStore;
    readonly users: Pick<UserStore, 'hasPasswordUser'>;
    readonly tenants: Pick<TenantStates, 'settingsOf'>;
    readonly tenantRecords: Pick<TenantRecordStore, 'page'>;
  };
  readonly tokens: OneTimeTokens;
  readonly directory: Pick<TenantDirectory, 'ofToken' | 'resolve' | 'serves'>;
  readonly options: {
    readonly settings: ExternalTokensDeps['options']['settings'] & { readonly keyEncryptionKey: KeyObject; readonly publicUrl: string };
    /** A service of the host that checks passwords too. */
    readonly users?: object | undefined;
  };
  readonly ports: ProviderPorts;
}

/** Creates the module of single sign-on: the identity providers of tenants, their tests, and the traces of logins. */
export function createSsoModule(deps: SsoModuleDeps) {
  const { stores, options: { settings, users: hostUsers }, ports, tokens, directory } = deps;
  const { changes, clock, limits, lockDocument, invalidation, feed } = deps;
  const { identityProviders: store, loginTraces: traces, providerTests } = stores;
  const { publicUrl } = settings;
  const secrets = createProviderSecrets(settings.keyEncryptionKey);
  const delegation = createProviderDelegation({ ...deps, ...ports });
  const loginLocks = createLoginLocks({ store, lockDocument });
  const lockProviders = ({ session }: ChangeTransaction) => lockDocument('identity providers', session);
  const usable = createUsableProviders({ store, secrets, clock, isFresh: feed.isFresh, tokensFor: invalidation.tokensFor });
  const validation = createProviderValidation({ allowsHttp: !settings.production });
  const providers = createProviderService({ ...ports, store, changes, clock, validation, secrets, delegation, lockProviders });
  const { find: findProvider } = providers;
  const checkReachable = createCheckReachable({ outbound: deps.signOn, clock, allowsHttp: !settings.production });
  const external = createExternalTokens({ ...deps, usable, loginLocks, findProvider });
  const tests = createProviderTests({
    trials: external.trials, store: providerTests, providers: store, findProvider, usable, checkReachable, changes, clock,
    countTest: (tenantId, subject) => limits.take(testsPerProvider, { tenantId, subject }),
  });
  const waysIn = {
    identities: ports.identities, store, hasPasswordUser: stores.users.hasPasswordUser, hasHostUsers: hostUsers !== undefined,
  };
  const status = createProviderStatus({
    ...ports, store, find: findProvider, changes, delegation, loginLocks, lockProviders,
    requireOtherWayIn: createRequireOtherWayIn({
      ...waysIn, readSettings: ({ session, actor: { tenantId } }) => stores.tenants.settingsOf(tenantId, session),
    }),
    forget: [traces.removeOf, providerTests.removeOf, tokens.dropAllOf],
  });
  const setUps = createSetUps({
    changes, clock, tokens, providers, tests, delegation, lockProviders,
    countMail: (tenantId, email) => (
      limits.take(mailsPerAddress, { tenantId, subject: JSON.stringify(['set-up-provider', emailKeyOf(email)]) })),
  });
  const signOn = createSignOn({ ...deps, settings, usable, tests, loginLocks });
  const providerRoutes = createProviderRoutes({ providers, status, publicUrl });
  return {
    name: 'sso',
    about: { title: 'Identity providers', description: 'Single sign-on: the identity providers of tenants, and their tests.' },
    routes: [
      ...providerRoutes,
      ...createProviderTestRoutes({ tests, findProvider, invite: setUps.invite, publicUrl }),
      ...createLoginTraceRoutes({ traces, findProvider }),
      ...createSetUpRoutes({ setUps, tenantOfToken: directory.ofToken, publicUrl }),
      ...signOn.routes,
      ...external.routesWith(tests),
    ],
    forgetUser: signOn.forgetUser,
    previewedRoutes: providerRoutes.filter(isPreviewed),
    roleHolder: createProviderRoleHolder(store, delegation),
    requireWayIn: createRequireWayIn({ ...waysIn, lockProviders }),
    checkProviders: createCheckProviders({
      readTenants: stores.tenantRecords.page, store, checkWithoutLogin: createCheckWithoutLogin({ usable, checkReachable }),
    }),
    usable, tests, traces, loginLocks, exchange: external.exchange, direct: external.direct, confirmations: signOn.confirmations,
    logoutUrlOf: signOn.logoutUrlOf,
  } satisfies Module & Record<string, unknown>;
}
