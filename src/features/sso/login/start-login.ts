import type { Actor } from '../../../platform/changes/change.service.ts';
import { defaultTenantId } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { LimitKey, LimitPolicy } from '../../../platform/limits/limit.policy.ts';
import { sourceOf } from '../../../http/request/client-ip.ts';
import type { Sealed } from '../../../platform/sealed.ts';
import { makeAuthorizationUrl, makeRequestSecrets } from '../oidc/authorization-request.ts';
import type { OidcConnections } from '../oidc/oidc-connections.ts';
import { hashSecret, loginSeconds, makeTransactionSecrets } from './login-cookie.ts';
import type { LoginCookies } from './login-cookie.ts';
import type { LoginTransaction } from './login-transaction.model.ts';
import type { LoginTransactionStore } from './login-transaction.store.ts';
import type { Browser, LoginProviders, LoginTests, OidcProvider } from './login-ports.types.ts';
import { asOidc, callbackOf, tenantIdOf, verifierPlace } from './oidc-provider.ts';

/** What an app sends a browser with, or a test. */
export type LoginRequest =
  | {
    readonly providerId: string;
    readonly returnTo: string;
    /** S256 (RFC 7636), for the code that the app gets. */
    readonly codeChallenge: string;
    readonly state?: string;
    readonly loginHint?: string;
  }
  | { readonly providerId: string; readonly test: string };

export type StartedLogin =
  | {
    readonly ok: true;
    /** Where the browser goes. */
    readonly location: string;
    /** Set-Cookie headers: the cookie of this transaction, and ends of old ones. */
    readonly cookies: readonly string[];
  }
  | { readonly ok: false; readonly code: StartFailure };

/** Why a login does not start. */
export type StartFailure = 'provider-not-found' | 'provider-inactive' | 'provider-unreachable';

export interface StartLoginDeps {
  readonly providers: LoginProviders;
  readonly tests: Pick<LoginTests, 'findPending'>;
  readonly connections: OidcConnections;
  readonly transactions: LoginTransactionStore;
  readonly cookies: LoginCookies;
  readonly seal: (place: string, text: string) => Sealed;
  /** Throws `return-url-not-allowed` unless the URL is exactly one of the list of the tenant. */
  readonly requireReturnUrl: (tenantId: string, url: string) => Promise<void>;
  /** Throws `too-many-requests`. */
  readonly take: (policy: LimitPolicy, key: LimitKey) => Promise<void>;
  /** https://host of this server, without a slash at the end. */
  readonly publicUrl: string;
  readonly clock: () => number;
}

/** Logins that one source starts. */
export const startsPerSource: LimitPolicy = { name: 'sign-on', quota: 60, windowSeconds: 60 };

/** How many unfinished logins a browser may have with one tenant. The oldest one ends. */
const maxUnfinished = 10;

/**
 * Starts a login: it checks the request, stores the transaction and answers where the browser goes.
 *
 * Throws `too-many-requests`, `return-url-not-allowed`.
 */
export type StartLogin = (actor: Actor, request: LoginRequest, browser: Browser) => Promise<StartedLogin>;

/** Creates the start of logins. */
export function createStartLogin(deps: StartLoginDeps): StartLogin {
  const { providers, tests, connections, transactions, cookies, seal, requireReturnUrl, take, publicUrl, clock } = deps;

  async function findProvider(request: LoginRequest): Promise<OidcProvider | StartFailure> {
    const isTest = 'test' in request;
    const provider = asOidc(await (isTest ? findTested(request) : providers.find(request.providerId)));
    if (!provider) return 'provider-not-found';
    return isTest || provider.status === 'active' ? provider : 'provider-inactive';
  }

  /** A test works on the revision that it names, whether it is live or not. */
  async function findTested({ providerId, test }: { readonly providerId: string; readonly test: string }) {
    const tenantId = tenantIdOf(providerId);
    const pending = tenantId === null ? null : await tests.findPending(tenantId, test);
    return pending?.providerId === providerId ? providers.find(providerId, pending.revision) : null;
  }

  /** Ends the oldest transactions of a browser that has too many, and answers the headers that remove their cookies. */
  async function endOldest(tenantId: string, browser: Browser): Promise<string[]> {
    const ids = browser.cookieNames().flatMap((name) => cookies.idIn(name) ?? []);
    if (ids.length < maxUnfinished) return [];
    const owned = ids.flatMap((id) => {
      const secret = browser.cookie(cookies.nameOf(id));
      return secret === null ? [] : [{ _id: hashSecret(id), secretHash: hashSecret(secret) }];
    });
    const unfinished = await transactions.unfinishedOf(tenantId, owned, new Date(clock()));
    const staying = new Set(unfinished.slice(0, maxUnfinished - 1).map(({ _id }) => _id));
    for (const each of unfinished.slice(maxUnfinished - 1)) await transactions.take(tenantId, each);
    return ids.filter((id) => !staying.has(hashSecret(id))).map((id) => cookies.end(id));
  }

  return async (actor, request, browser) => {
    await take(startsPerSource, { tenantId: defaultTenantId, subject: sourceOf(actor.ip) });
    const provider = await findProvider(request);
    if (typeof provider === 'string') return { ok: false, code: provider };
    const { tenantId } = provider;
    if (!('test' in request)) await requireReturnUrl(tenantId, request.returnTo);
    const connected = await connections.connect(provider);
    if (!connected.ok) return { ok: false, code: 'provider-unreachable' };
    const { id, secret, state } = makeTransactionSecrets();
    const secrets = makeRequestSecrets();
    const _id = hashSecret(id);
    const now = clock();
    const transaction: LoginTransaction = {
      _id, tenantId, providerId: provider._id, revision: provider.revision, secretHash: hashSecret(secret), state, nonce: secrets.nonce,
      verifier: seal(verifierPlace(_id), secrets.verifier), ...purposeOf(request), startedAt: new Date(now),
      expiresAt: new Date(now + loginSeconds * 1_000),
    };
    const location = await makeAuthorizationUrl(connected.connection.client, {
      configuration: provider.configuration, redirectUri: callbackOf(publicUrl, provider._id), state, secrets,
      loginHint: 'test' in request ? undefined : request.loginHint,
    });
    const ended = await endOldest(tenantId, browser);
    await transactions.add(transaction);
    return { ok: true, location: location.href, cookies: [...ended, cookies.issue({ id, secret })] };
  };
}

function purposeOf(request: LoginRequest): Pick<LoginTransaction, 'kind' | 'returnTo' | 'appState' | 'codeChallenge' | 'testId'> {
  if ('test' in request) return { kind: 'test', testId: request.test };
  const { returnTo, codeChallenge, state } = request;
  return { kind: 'login', returnTo, codeChallenge, ...(state !== undefined && { appState: state }) };
}
