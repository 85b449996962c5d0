import type { KeyObject } from 'node:crypto';
import type { Platform } from '../../../platform/platform.ts';
import { openSealed, seal } from '../../../platform/sealed.ts';
import { makeOneTimeToken } from '../../../tokens/one-time-token.ts';
import { sourceOf } from '../../../http/request/client-ip.ts';
import { defaultTenantId } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { LimitPolicy } from '../../../platform/limits/limit.policy.ts';
import type { RefusalLog } from '../../audit/refusal.types.ts';
import type { Becoming, PersonReading } from '../../identities/identity.types.ts';
import type { OidcConnections } from '../oidc/oidc-connections.ts';
import type { LoginTraces } from '../traces/login-trace.store.ts';
import type { ProviderTests } from '../trials/provider-tests.service.ts';
import type { ProviderTestStore } from '../trials/provider-test.store.ts';
import { createAnswerLogin } from './answered-login.ts';
import type { LoginCodeStore } from './codes/login-code.store.ts';
import { createFinishLogin } from './finish-login.ts';
import { createLoginCookies } from './transactions/login-cookie.ts';
import type { LoginProviders } from './login-ports.types.ts';
import type { LoginTickets } from './login-tickets.ts';
import type { LoginTransactionStore } from './transactions/login-transaction.store.ts';
import { createStartLogin } from './start-login.ts';
import type { StartLoginDeps } from './start-login.ts';

export interface BrowserLoginDeps extends
  Pick<Platform, 'changes' | 'clock' | 'limits' | 'metrics'>, Pick<StartLoginDeps, 'requireReturnUrl' | 'publicUrl'> {
  readonly stores: {
    readonly loginTransactions: LoginTransactionStore;
    readonly loginCodes: Pick<LoginCodeStore, 'add'>;
    readonly providerTests: Pick<ProviderTestStore, 'find'>;
  };
  readonly providers: LoginProviders;
  readonly connections: OidcConnections;
  readonly tests: Pick<ProviderTests, 'finish'>;
  readonly tickets: LoginTickets;
  readonly traces: Pick<LoginTraces, 'write'>;
  readonly becoming: Becoming;
  readonly reading: PersonReading;
  readonly refusals: Pick<RefusalLog, 'note'>;
  readonly keyEncryptionKey: KeyObject;
}

/** Answers that belong to no login of their browser and that are traced, from one source. */
export const foreignPerSource: LimitPolicy = { name: 'foreign-sign-on', quota: 60, windowSeconds: 60 };

/** Creates start and end of the logins in which a browser goes to a provider and comes back. */
export function createBrowserLogin(deps: BrowserLoginDeps) {
  const { stores, providers, connections, tests, publicUrl, clock, keyEncryptionKey: key, limits, metrics, refusals } = deps;
  const cookies = createLoginCookies(publicUrl.startsWith('https:'));
  const transactions = stores.loginTransactions;
  const answer = createAnswerLogin({
    providers, connections, publicUrl, clock, ...deps.reading,
    open: (place, sealed) => openSealed(sealed, place, key).toString(),
  });
  const finish = createFinishLogin({
    ...deps, transactions, cookies, answer, codes: stores.loginCodes, tests, makeCode: makeOneTimeToken,
    mayTrace: ({ ip }) => limits.tryToTake(foreignPerSource, { tenantId: defaultTenantId, subject: sourceOf(ip) }),
    noteRefusal: (actor, code) => {
      metrics.countSignOn('OIDC', code);
      refusals.note({ ...actor, code, action: 'sso.refused', method: 'GET', url: '/sso/callback' });
    },
  });
  return {
    start: createStartLogin({
      ...deps, transactions, cookies, seal: (place, text) => seal(Buffer.from(text), place, key), take: limits.take,
      tests: {
        async findPending(tenantId, testId) {
          const test = await stores.providerTests.find(tenantId, testId);
          return test?.result === 'pending' ? test : null;
        },
      },
    }),
    finish: async (...answered: Parameters<typeof finish>) => {
      const finished = await finish(...answered);
      if (finished.kind === 'login') metrics.countSignOn('OIDC', 'succeeded');
      return finished;
    },
  };
}

export type BrowserLogin = ReturnType<typeof createBrowserLogin>;
