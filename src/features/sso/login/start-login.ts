import type { Actor } from '../../../platform/changes/change.service.ts';
import { defaultTenantId } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { LimitKey, LimitPolicy } from '../../../platform/limits/limit.policy.ts';
import { sourceOf } from '../../../http/request/client-ip.ts';
import type { Sealed } from '../../../platform/sealed.ts';
import type { LoginReturn } from '../../sessions/login/login-return.shape.ts';
import { makeAuthorizationUrl, makeRequestSecrets } from '../oidc/authorization-request.ts';
import type { OidcConnections } from '../oidc/oidc-connections.ts';
import { hashSecret, loginSeconds, makeTransactionSecrets } from './transactions/login-cookie.ts';
import type { LoginCookies } from './transactions/login-cookie.ts';
import type { LoginTransaction } from './transactions/login-transaction.model.ts';
import type { LoginTransactionStore } from './transactions/login-transaction.store.ts';
import type { Browser, LoginProviders, LoginTests, OidcProvider } from './login-ports.types.ts';
import type { LoginTickets } from './login-tickets.ts';
import { asOidc, callbackOf, tenantIdOf, verifierPlace } from './oidc-provider.ts';

/** What an app sends a browser with, what a logged-in user has ordered, or a test. */
export type LoginRequest =
  | LoginReturn & { readonly providerId: string; readonly loginHint?: string }
  | { readonly ticket: string }
  | { readonly providerId: string; readonly test: string };

export type StartedLogin =
  | {
    readonly ok: true;
    /** Where the browser goes. */
    readonly location: string;
    /** The address of the provider without parameters. */
    readonly endpoint: string;
    /** Set-Cookie headers: the cookie of this transaction, and ends of old ones. */
    readonly cookies: readonly string[];
  }
  | { readonly ok: false; readonly code: StartFailure };

/** Why a login does not start. */
export type StartFailure = 'provider-not-found' | 'provider-inactive' | 'provider-unreachable' | 'link-invalid';

export interface StartLoginDeps {
  readonly providers: LoginProviders;
  readonly tests: Pick<LoginTests, 'findPending'>;
  readonly tickets: Pick<LoginTickets, 'take'>;
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

/** What the transaction keeps of a request. */
type Purpose = Pick<LoginTransaction, 'kind' | 'returnTo' | 'appState' | 'codeChallenge' | 'testId' | 'userId'>;

interface LoginOrder extends LoginReturn, Pick<LoginTransaction, 'kind' | 'userId'> {
  readonly providerId: string;
  readonly loginHint?: string;
}

interface Prepared {
  readonly provider: OidcProvider;
  readonly purpose: Purpose;
  readonly loginHint?: string | undefined;
}

/** Creates the start of logins. */
export function createStartLogin(deps: StartLoginDeps): StartLogin {
  const { providers, tests, tickets, connections, transactions, cookies, seal, requireReturnUrl, take, publicUrl, clock } = deps;

  async function prepare(actor: Actor, request: LoginRequest): Promise<Prepared | StartFailure> {
    if ('test' in request) return prepareTest(request);
    const order: LoginOrder | null = 'ticket' in request ? await tickets.take(actor, request.ticket) : { ...request, kind: 'login' };
    if (!order) return 'link-invalid';
    const provider = asOidc(await providers.find(order.providerId));
    if (!provider) return 'provider-not-found';
    if (provider.status !== 'active') return 'provider-inactive';
    await requireReturnUrl(provider.tenantId, order.returnTo);
    return { provider, purpose: purposeOf(order), loginHint: order.loginHint };
  }

  /** A test works on the revision that it names, whether it is live or not. */
  async function prepareTest({ providerId, test }: { readonly providerId: string; readonly test: string }) {
    const tenantId = tenantIdOf(providerId);
    const pending = tenantId === null ? null : await tests.findPending(tenantId, test);
    const provider = asOidc(pending?.providerId === providerId ? await providers.find(providerId, pending.revision) : null);
    return provider ? { provider, purpose: { kind: 'test' as const, testId: test } } : 'provider-not-found';
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
    const prepared = await prepare(actor, request);
    if (typeof prepared === 'string') return { ok: false, code: prepared };
    const { provider, provider: { tenantId }, purpose, loginHint } = prepared;
    const connected = await connections.connect(provider);
    if (!connected.ok) return { ok: false, code: 'provider-unreachable' };
    const { id, secret, state } = makeTransactionSecrets();
    const secrets = makeRequestSecrets();
    const _id = hashSecret(id);
    const now = clock();
    const transaction: LoginTransaction = {
      _id, tenantId, providerId: provider._id, revision: provider.revision, secretHash: hashSecret(secret), state, nonce: secrets.nonce,
      verifier: seal(verifierPlace(_id), secrets.verifier), ...purpose, startedAt: new Date(now),
      expiresAt: new Date(now + loginSeconds * 1_000),
    };
    const location = await makeAuthorizationUrl(connected.connection.client, {
      configuration: provider.configuration, redirectUri: callbackOf(publicUrl, provider._id), state, secrets, loginHint,
      isFresh: purpose.kind === 'confirm',
    });
    const ended = await endOldest(tenantId, browser);
    await transactions.add(transaction);
    const { authorization_endpoint: endpoint } = connected.connection.metadata;
    return { ok: true, location: location.href, endpoint, cookies: [...ended, cookies.issue({ id, secret })] };
  };
}

function purposeOf({ kind, returnTo, codeChallenge, state, userId }: LoginOrder): Purpose {
  return {
    kind, returnTo, codeChallenge, ...(state !== undefined && { appState: state }), ...(userId !== undefined && { userId }),
  };
}
