import { createSecretKey, randomBytes } from 'node:crypto';
import type { Actor, ChangeTransaction } from '../../../src/platform/changes/change.service.ts';
import { createAnswerLogin } from '../../../src/features/sso/login/answered-login.ts';
import { bindingChecks } from '../../../src/features/sso/login/transactions/binding-checks.ts';
import { createFinishLogin } from '../../../src/features/sso/login/finish-login.ts';
import type { FinishedLogin } from '../../../src/features/sso/login/finish-login.ts';
import { createLoginCookies } from '../../../src/features/sso/login/transactions/login-cookie.ts';
import { createLoginCodeModel } from '../../../src/features/sso/login/codes/login-code.model.ts';
import { createLoginCodeStore } from '../../../src/features/sso/login/codes/login-code.store.ts';
import type { LoginCodeStore } from '../../../src/features/sso/login/codes/login-code.store.ts';
import type { LoginTraceWriter } from '../../../src/features/sso/login/login-ports.types.ts';
import { createLoginTransactionModel } from '../../../src/features/sso/login/transactions/login-transaction.model.ts';
import { createLoginTransactionStore } from '../../../src/features/sso/login/transactions/login-transaction.store.ts';
import type { LoginTransactionStore } from '../../../src/features/sso/login/transactions/login-transaction.store.ts';
import type { Becoming } from '../../../src/features/identities/identity.types.ts';
import type { WouldBecome } from '../../../src/features/sso/trials/provider-test.model.ts';
import { createStartLogin } from '../../../src/features/sso/login/start-login.ts';
import type { LoginRequest, StartedLogin } from '../../../src/features/sso/login/start-login.ts';
import { callbackChecks } from '../../../src/features/sso/oidc/callback.ts';
import { createOidcConnections } from '../../../src/features/sso/oidc/oidc-connections.ts';
import type { NamedCheck } from '../../../src/features/sso/checks.ts';
import type { AttributeMapping } from '../../../src/features/identities/identity.types.ts';
import { signingAlgorithms } from '../../../src/features/sso/provider.types.ts';
import type { OidcConfiguration, UsableProvider } from '../../../src/features/sso/provider.types.ts';
import type { User } from '../../../src/features/users/user.model.ts';
import { openSealed, seal } from '../../../src/platform/sealed.ts';
import { createRemoteKeys } from '../../../src/tokens/remote-keys.ts';
import { importForeignKey } from '../../../src/tokens/verification-key.ts';
import { makeOneTimeToken } from '../../../src/tokens/one-time-token.ts';
import { createDatabase } from '../gatehouse/database.ts';
import type { ForgingProvider } from './forging-provider.ts';

export const publicUrl = 'https://gatehouse.example';
export const returnTo = 'https://app.example/after';
export const tenantId = 'acme';

/** A browser with its cookies. */
export type CookieJar = Map<string, string>;

export type Trace = Parameters<LoginTraceWriter['write']>[0];

export interface LoginWorldOptions {
  readonly provider: ForgingProvider;
  readonly stores: { readonly transactions: LoginTransactionStore; readonly codes: Pick<LoginCodeStore, 'add'> };
  readonly clock?: () => number;
}

export interface ProviderChanges {
  readonly configuration?: Partial<OidcConfiguration>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly mapping?: AttributeMapping;
  readonly provisioning?: UsableProvider['provisioning'];
  readonly status?: UsableProvider['status'];
  readonly revision?: number;
}

/** What a case changes between the browser and the callback. */
export interface Return {
  readonly query?: string;
  readonly jar?: CookieJar;
  /** Cookies that were sent twice. */
  readonly twice?: readonly string[];
  readonly providerId?: string;
}

export const actor: Actor = { tenantId: 'default', userId: null, sessionId: null, ip: '192.0.2.7', userAgent: 'test', requestId: 'r' };

const testMapping: AttributeMapping = { subject: 'sub', email: 'email' };

/** Stores in a new database. */
export async function createLoginStores() {
  const { connection } = await createDatabase();
  const models = { transactions: createLoginTransactionModel(connection), codes: createLoginCodeModel(connection) };
  return { models, transactions: createLoginTransactionStore(models.transactions), codes: createLoginCodeStore(models.codes) };
}

/** The parts of a login through a provider over real sockets. Who becomes whom is not part of it. */
export function createLoginWorld({ provider, stores, clock = Date.now }: LoginWorldOptions) {
  const { transactions, codes } = stores;
  const cookies = createLoginCookies(true);
  const traces: Trace[] = [];
  const secretsOfTraces: string[] = [];
  const refusals: string[] = [];
  const became: string[] = [];
  const tests = new Map<string, { readonly providerId: string; readonly revision: number }>();
  const finished: { testId: string; result: string; would?: WouldBecome | undefined; claims?: unknown }[] = [];
  const key = createSecretKey(randomBytes(32));
  const providers = new Map<string, UsableProvider>();
  const connections = createOidcConnections({
    fetch: (url, request = {}) => fetch(url, { redirect: 'error', ...request } as RequestInit), clock, allowsHttp: true,
    createKeys: (url) => createRemoteKeys({ url, clock, fetch, importKey: (jwk) => importForeignKey(jwk, signingAlgorithms) }),
  });
  let rate = (): void => undefined;

  function putProvider(id: string, changes: ProviderChanges = {}): UsableProvider {
    const usable: UsableProvider = {
      _id: id, tenantId: id.split('.')[0] ?? '', providerName: 'Forge', protocol: 'OIDC', status: changes.status ?? 'active',
      revision: changes.revision ?? 1, roleMapping: [], domains: [], attributeMapping: changes.mapping ?? testMapping,
      provisioning: changes.provisioning ?? { create: true }, secrets: changes.secrets ?? { clientSecret: provider.clientSecret },
      configuration: {
        issuer: provider.issuer, clientId: provider.clientId, clientAuthentication: 'basic', algorithms: ['ES256'],
        ...changes.configuration,
      },
    };
    providers.set(id, usable);
    return usable;
  }

  const find = (id: string, revision?: number) => {
    const found = providers.get(id);
    return Promise.resolve(found && (revision === undefined || found.revision === revision) ? found : null);
  };

  /** An unknown person becomes a user with the subject as id. */
  const becoming = {
    become: (_tx: unknown, _provider: unknown, { subject }: { subject: string }) => {
      became.push(subject);
      return Promise.resolve({ user: { _id: `user ${subject}` } as User, identityId: `identity ${subject}`, by: 'identity' as const });
    },
    wouldBecome: (): ReturnType<Becoming['wouldBecome']> => Promise.resolve({ would: 'make a user', roles: [] }),
    identityOf: () => Promise.resolve(null),
  };
  const changes = {
    // No part of a login looks at the session of the transaction, but for its stores, which take none too.
    transact: <T>(by: Actor, work: (tx: ChangeTransaction) => Promise<T>) => work(
      { session: null, actor: by, record: () => undefined, mail: () => undefined } as unknown as ChangeTransaction),
  };

  const start = createStartLogin({
    providers: { find }, connections, transactions, cookies, publicUrl, clock,
    tickets: { take: () => Promise.resolve(null) },
    tests: { findPending: (_tenantId, testId) => Promise.resolve(tests.get(testId) ?? null) },
    seal: (place, text) => seal(Buffer.from(text), place, key),
    requireReturnUrl: (_tenantId, url) => (url === returnTo ? Promise.resolve() : Promise.reject(new Error('return-url-not-allowed'))),
    take: async () => {
      await Promise.resolve();
      rate();
    },
  });

  /** The end of logins, without the checks of one name. */
  const finishWithout = (leftOut?: string) => {
    const without = <T>(checks: readonly NamedCheck<T>[]) => checks.filter(({ step }) => step !== leftOut);
    const answer = createAnswerLogin({
      providers: { find }, connections, publicUrl, clock, mappingOf: ({ attributeMapping }) => attributeMapping,
      open: (place, sealed) => openSealed(sealed, place, key).toString(),
      subjectIn: (mapping, claims) => {
        const value = typeof mapping['subject'] === 'string' ? claims[mapping['subject']] : undefined;
        return typeof value === 'string' ? value : undefined;
      },
      checks: {
        answer: without(callbackChecks.answer), idToken: without(callbackChecks.idToken), userinfo: without(callbackChecks.userinfo),
        groups: without(callbackChecks.groups),
      },
    });
    return createFinishLogin({
      providers: { find }, transactions, cookies, answer, codes, changes, becoming, clock, checks: without(bindingChecks),
      makeCode: makeOneTimeToken,
      tests: {
        finish: (_actor, testId, { result, would, claims }) => {
          finished.push({ testId, result, would, claims });
          return Promise.resolve();
        },
      },
      traces: {
        write: (trace, secrets = []) => {
          traces.push(trace);
          secretsOfTraces.push(...secrets);
          return Promise.resolve();
        },
      },
      noteRefusal: (_actor, code) => void refusals.push(code), mayTrace: () => Promise.resolve(true),
    });
  };
  const finishWithAll = finishWithout();

  const browserOf = (jar: CookieJar, twice: readonly string[] = []) => ({
    cookie: (name: string) => (twice.includes(name) ? null : jar.get(name) ?? null), cookieNames: () => [...jar.keys()],
  });

  function keepCookies(jar: CookieJar, headers: readonly string[]): void {
    for (const header of headers) {
      const [name = '', value = ''] = (header.split(';')[0] ?? '').split('=');
      if (header.includes('Max-Age=0')) jar.delete(name);
      else jar.set(name, value);
    }
  }

  async function begin(
    request: Partial<Extract<LoginRequest, { returnTo: string }>> & { readonly providerId: string }, jar: CookieJar = new Map(),
  ): Promise<{ readonly location: string; readonly jar: CookieJar }> {
    const started = await start(actor, { returnTo, codeChallenge: 'challenge', ...request }, browserOf(jar));
    if (!started.ok) throw new Error(started.code);
    keepCookies(jar, started.cookies);
    return { location: started.location, jar };
  }

  return {
    traces, secretsOfTraces, refusals, became, tests, finished, providers, connections, putProvider, begin,
    start: (request: LoginRequest, jar: CookieJar = new Map()): Promise<StartedLogin> => start(actor, request, browserOf(jar)),
    limit: (next: () => void) => { rate = next; },
    /** What the callback of a provider does with what a browser brings back. */
    async finish(providerId: string, returned: Required<Pick<Return, 'query' | 'jar'>> & Return, leftOut?: string): Promise<FinishedLogin> {
      const finish = leftOut === undefined ? finishWithAll : finishWithout(leftOut);
      const done = await finish(actor, providerId, { ...browserOf(returned.jar, returned.twice), rawQuery: returned.query });
      keepCookies(returned.jar, done.cookies);
      return done;
    },
  };
}

export type LoginWorld = ReturnType<typeof createLoginWorld>;
