import { randomBytes } from 'node:crypto';
import { AppError } from '../../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { Becoming } from '../../identities/identity.types.ts';
import { allHold, runChecks } from '../checks.ts';
import type { CheckedStep } from '../checks.ts';
import { readProof } from '../oidc/claims/login-proof.ts';
import type { AnsweredLogin, AnswerLogin } from './answered-login.ts';
import { bindingChecks } from './transactions/binding-checks.ts';
import { hashSecret, idInState } from './transactions/login-cookie.ts';
import type { LoginCookies } from './transactions/login-cookie.ts';
import type { LoginCode } from './codes/login-code.model.ts';
import type { LoginCodeStore } from './codes/login-code.store.ts';
import type { LoginTransaction } from './transactions/login-transaction.model.ts';
import type { LoginTransactionStore } from './transactions/login-transaction.store.ts';
import type { Browser, LoginProviders, LoginTests } from './login-ports.types.ts';
import { tenantIdOf } from './oidc-provider.ts';
import { createRefuseLogin } from './refuse-login.ts';
import type { RefuseLoginDeps, RefusedLogin, ReturnedLogin } from './refuse-login.ts';

/** Where a browser goes after a login. A refusal is no exception, because the cookie of its transaction ends too. */
export type FinishedLogin = RefusedLogin | (Pick<ReturnedLogin, 'cookies'> & (
  | { readonly kind: 'login'; readonly location: string; readonly returnTo: string }
  | { readonly kind: 'test'; readonly testId: string; readonly passed: boolean; readonly steps: readonly CheckedStep[] }
));

export interface FinishLoginDeps extends RefuseLoginDeps {
  readonly providers: LoginProviders;
  readonly transactions: LoginTransactionStore;
  readonly cookies: LoginCookies;
  readonly answer: AnswerLogin;
  readonly codes: Pick<LoginCodeStore, 'add'>;
  readonly changes: Pick<ChangeService, 'transact'>;
  readonly becoming: Pick<Becoming, 'become' | 'wouldBecome' | 'identityOf'>;
  readonly tests: Pick<LoginTests, 'finish'>;
  readonly makeCode: (tenantId: string) => { readonly token: string; readonly hash: string };
  /** Every check of the way back; only a test leaves one out. */
  readonly checks?: typeof bindingChecks;
}

export interface ReturnedBrowser extends Browser {
  /** The query as it was sent. */
  readonly rawQuery: string;
}

/** Finishes the login whose answer a browser brings to the callback of a provider. */
export type FinishLogin = (actor: Actor, providerId: string, browser: ReturnedBrowser) => Promise<FinishedLogin>;

/** How long the code of a login works, in ms. */
const codeLifetime = 60_000;

/** The codes with which somebody who proved who they are does not get in. Any other error is a fault of the server. */
const refusals = new Set<string>(['identity-not-allowed', 'link-required', 'user-disabled', 'tenant-full', 'email-taken']);

type Answered = Extract<AnsweredLogin, { readonly ok: true }>;

/**
 * Creates the end of logins.
 *
 * The transaction is deleted before any request goes out, so that an answer that comes eight times at once counts once. Every refusal
 * has a reference, by which an administrator finds the step that failed.
 */
export function createFinishLogin(deps: FinishLoginDeps): FinishLogin {
  const { providers, transactions, cookies, answer, codes, changes, becoming, tests, makeCode, clock, checks = bindingChecks } = deps;
  const { refuse, refuseForeign } = createRefuseLogin(deps);

  /** Whom the code of a login is about. Throws one of the `refusals`. */
  async function personOf(
    tx: ChangeTransaction, { kind, userId = '' }: LoginTransaction, { provider, person }: Answered,
  ): Promise<Pick<LoginCode, 'userId' | 'identityId' | 'person'>> {
    if (kind === 'link') return { userId, person: JSON.stringify(person) };
    if (kind === 'confirm') {
      const identityId = await becoming.identityOf(tx, provider, person, userId);
      if (identityId === null) throw new AppError('identity-not-allowed');
      return { userId, identityId };
    }
    const { user, identityId } = await becoming.become(tx, provider, person);
    return { userId: user._id, identityId };
  }

  async function logIn(returned: ReturnedLogin, transaction: LoginTransaction, answered: Answered): Promise<FinishedLogin> {
    const { returnTo = '', appState, codeChallenge = '', revision } = transaction;
    const { provider, idClaims } = answered;
    const now = clock();
    const { token, hash } = makeCode(returned.actor.tenantId);
    await changes.transact(returned.actor, async (tx) => {
      await codes.add(tx, {
        ...await personOf(tx, transaction, answered), _id: hash, tenantId: provider.tenantId, kind: codeKindOf(transaction),
        codeChallenge, providerId: provider._id, revision, proof: readProof(idClaims, provider.configuration, now),
        expiresAt: new Date(now + codeLifetime),
      });
    });
    const location = new URL(returnTo);
    location.searchParams.append('code', token);
    if (appState !== undefined) location.searchParams.append('state', appState);
    return { kind: 'login', location: location.href, returnTo, cookies: returned.cookies };
  }

  async function finishTest(returned: ReturnedLogin, testId: string, answered: AnsweredLogin): Promise<FinishedLogin> {
    const { actor, secrets } = returned;
    const would = answered.ok ? await becoming.wouldBecome(actor, answered.provider, answered.person) : undefined;
    const getsIn = would !== undefined && (would.would === 'make a user' || would.would === 'identity' || would.would === 'link');
    const steps = [...answered.steps, ...(would ? [userStep(getsIn, would.code ?? would.would)] : [])];
    await tests.finish(actor, testId, {
      result: getsIn ? 'passed' : 'failed', steps, secrets, ...(answered.ok && { claims: answered.person.claims }), ...(would && { would }),
    });
    return { kind: 'test', testId, passed: getsIn, steps, cookies: returned.cookies };
  }

  async function finish(returned: ReturnedLogin, transaction: LoginTransaction, parameters: URLSearchParams): Promise<FinishedLogin> {
    const answered = await answer(transaction, parameters);
    if (transaction.kind === 'test') return finishTest(returned, transaction.testId ?? '', answered);
    if (!answered.ok) return refuse(returned, 'sso-refused', answered.steps);
    try {
      return await logIn(returned, transaction, answered);
    } catch (error) {
      if (!(error instanceof AppError) || !refusals.has(error.code)) throw error;
      return refuse(returned, error.code, [...answered.steps, userStep(false, error.code)]);
    }
  }

  return async (anyone, providerId, browser) => {
    const tenantId = tenantIdOf(providerId);
    const untold: RefusedLogin = { kind: 'refused', code: 'sso-refused', reference: makeReference(), cookies: [] };
    if (tenantId === null) return untold;
    const actor = { ...anyone, tenantId };
    const parameters = new URLSearchParams(browser.rawQuery);
    const id = idInState(parameters.get('state') ?? '');
    const transaction = id === null ? null : await transactions.read(tenantId, hashSecret(id));
    // Of a provider that does not exist there is no tenant whose administrators could be told.
    if (!transaction && !await providers.find(providerId)) return untold;
    const cookie = id === null ? null : browser.cookie(cookies.nameOf(id));
    const steps = await runChecks(checks, { parameters, providerId, transaction, cookie, now: new Date(clock()) });
    const secrets = [parameters.get('code') ?? '', parameters.get('state') ?? '', cookie ?? ''];
    const foreign: ReturnedLogin = { actor, providerId, reference: makeReference(), cookies: [], secrets };
    if (!allHold(steps)) return refuseForeign(foreign, steps);
    const isFirst = transaction !== null && await transactions.take(tenantId, {
      _id: transaction._id, secretHash: hashSecret(cookie ?? ''),
    });
    if (!isFirst) return refuseForeign(foreign, [...steps, { step: 'once', ok: false, expected: 'one answer', received: 'one more' }]);
    return finish({ ...foreign, reference: id ?? foreign.reference, cookies: [cookies.end(id ?? '')] }, transaction, parameters);
  };
}

/** A test makes no code. */
function codeKindOf({ kind }: LoginTransaction): LoginCode['kind'] {
  if (kind === 'test') throw new Error('A test has no code.');
  return kind;
}

const userStep = (ok: boolean, received: string): CheckedStep => ({ step: 'user', ok, expected: 'a user who gets in', received });

/** The reference of an answer that names no login. */
function makeReference(): string {
  return randomBytes(16).toString('base64url');
}
