import { logoutTokenChecks, verifyLogoutToken } from '../../../../src/features/sso/oidc/logout-token.ts';
import { logoutEvent, startForgingProvider } from '../../../support/sso/forging-provider.ts';
import type { ForgeFacts, TokenForgery } from '../../../support/sso/forging-provider.ts';
import { makeProviderKey } from '../../../support/sso/sign-token.ts';
import type { Members } from '../../../support/sso/sign-token.ts';

const provider = await startForgingProvider();
const keys = {
  freshen: () => Promise.resolve(), learn: () => Promise.resolve(false),
  verificationKey: (kid: string) => (kid === 'first' ? { publicKey: provider.key().publicKey, algorithms: ['ES256' as const] } : undefined),
};
const { issuer, clientId: audience } = provider;

/** "in", or the step that refused it. */
async function judge(forgery: TokenForgery, leftOut?: string): Promise<string> {
  const rules = { issuer, audience, algorithms: ['ES256'], keys, now: Date.now() / 1_000 };
  const verdict = await verifyLogoutToken(
    provider.logoutToken(forgery), rules, logoutTokenChecks.filter(({ step }) => step !== leftOut));
  return verdict.ok ? 'in' : verdict.steps.at(-1)?.step ?? '';
}

const set = (name: string, value: unknown): TokenForgery => ({ claims: (good) => ({ ...good, [name]: value }) });
const drop = (...names: string[]): TokenForgery => (
  { claims: (good) => Object.fromEntries(Object.entries(good).filter(([name]) => !names.includes(name))) });
const header = (changes: Members): TokenForgery => ({ header: (good) => ({ ...good, ...changes }) });
const timed = (change: (facts: ForgeFacts) => Members): TokenForgery => ({ claims: (good, facts) => ({ ...good, ...change(facts) }) });

/** Each with the step that refuses it, and what follows without the check of that step. */
const cases: readonly [name: string, step: string, forgery: TokenForgery, without?: string][] = [
  ['an extension', 'crit', header({ crit: ['b64'], b64: false })],
  ['an ID token', 'typ', header({ typ: 'JWT' })], ['no type', 'typ', header({ typ: undefined })],
  ['no algorithm', 'alg', header({ alg: 'none' }), 'key'], ['an unknown key', 'key', header({ kid: 'second' }), 'signature'],
  ['another signer', 'signature', { signer: () => makeProviderKey('first', 'ES256') }],
  ['another issuer', 'iss', set('iss', 'https://other.example')], ['another client', 'aud', set('aud', 'other')],
  ['no end', 'exp', drop('exp'), 'lifetime'], ['an end that is past', 'exp', timed(({ now }) => ({ exp: now - 6 }))],
  ['no time', 'iat', drop('iat'), 'lifetime'], ['three minutes old', 'iat', timed(({ now }) => ({ iat: now - 180 }))],
  ['an end in ms', 'lifetime', timed(({ now }) => ({ exp: now * 1_000 }))],
  ['not yet valid', 'nbf', timed(({ now }) => ({ nbf: now + 60 }))],
  ['no events', 'events', drop('events')], ['another event', 'events', set('events', { 'https://other.example': {} })],
  ['an event that is text', 'events', set('events', { [logoutEvent]: 'yes' })],
  ['a list of events', 'events', set('events', [logoutEvent])],
  ['an event that is a list', 'events', set('events', { [logoutEvent]: [] })],
  ['a nonce', 'nonce', set('nonce', 'n')], ['an empty nonce', 'nonce', set('nonce', null)],
  ['no name', 'jti', drop('jti')], ['a number as its name', 'jti', set('jti', 7)], ['an empty name', 'jti', set('jti', '')],
  ['neither session nor person', 'sub', drop('sub', 'sid')], ['a session that is a number', 'sub', set('sid', 7)],
  ['an empty person', 'sub', set('sub', '')],
];

describe('verifyLogoutToken', () => {
  it.each(cases)('%s, is refused at %s, and the good token is not', async (_name, step, forgery, without = 'in') => {
    expect(await judge({})).toBe('in');
    expect(await judge(forgery)).toBe(step);
    expect(await judge(forgery, step)).toBe(without);
  });

  it('the cases, leave no check out', () => {
    expect(logoutTokenChecks.map(({ step }) => step).filter((step) => !cases.some(([, each]) => each === step))).toEqual([]);
  });

  it.each([
    ['both', {}, { sub: 'ann', sid: 'session of ann' }], ['the session alone', drop('sub'), { sid: 'session of ann' }],
    ['the person alone', drop('sid'), { sub: 'ann' }],
  ] as const)('a token with %s, says what to end', async (_name, forgery, order) => {
    const rules = { issuer, audience, algorithms: ['ES256'], keys, now: Date.now() / 1_000 };
    const verdict = await verifyLogoutToken(provider.logoutToken(forgery), rules);
    expect(verdict).toMatchObject({ ok: true, order: { ...order, jti: expect.any(String) as string } });
    expect(verdict.ok && Object.keys(verdict.order).sort()).toEqual([...Object.keys(order), 'jti'].sort());
  });
});
