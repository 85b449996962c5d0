import { externalTokenChecks, verifyExternalToken } from '../../../../src/features/sso/tokens/external-token.ts';
import type { ExternalTokenRules } from '../../../../src/features/sso/tokens/external-token.ts';
import { createForeignKeys, createPemKeys } from '../../../../src/tokens/foreign-keys.ts';
import { makeProviderKey, publicJwk, signToken } from '../../../support/sso/sign-token.ts';
import type { Members, ProviderKey } from '../../../support/sso/sign-token.ts';
import { encode, forgeHmac, join } from '../../../tokens/forge.ts';

const now = 1_790_000_000;
const key = makeProviderKey('first', 'ES256');
const other = makeProviderKey('first', 'ES256');
const rsa = makeProviderKey('rsa', 'RS256');
const algorithms = ['ES256'] as const;
const pem = String(key.publicKey.export({ type: 'spki', format: 'pem' }));

const keysOf = (published: readonly Members[]) => createForeignKeys({
  url: new URL('https://id.example/jwks'), algorithms, clock: () => now * 1_000,
  fetch: () => Promise.resolve(new Response(JSON.stringify({ keys: published }))),
});
const rules: ExternalTokenRules = {
  issuer: 'https://id.example', audience: 'https://api.example', algorithms, now, keys: keysOf([publicJwk(key), publicJwk(rsa)]),
  tenant: { claim: 'tid', value: 'acme' },
};

const goodHeader: Members = { alg: 'ES256', kid: 'first', typ: 'at+jwt' };
const goodClaims: Members = {
  iss: 'https://id.example', aud: 'https://api.example', azp: 'an app', sub: 'ann', iat: now - 1_800, exp: now + 1_800, tid: 'acme',
};

interface Forgery {
  readonly header?: Members;
  readonly claims?: Members;
  readonly without?: string;
  readonly signer?: Pick<ProviderKey, 'alg' | 'privateKey'>;
  readonly token?: (good: string) => string;
}

function tokenOf({ header = {}, claims = {}, without = '', signer = key, token = (good) => good }: Forgery): string {
  const all = { ...goodClaims, ...claims };
  const kept = Object.fromEntries(Object.entries(all).filter(([name]) => name !== without));
  return token(signToken({ ...goodHeader, ...header }, kept, signer));
}

/** "in", or the step that refused it. */
async function judge(forgery: Forgery, leftOut?: string, changes: Partial<ExternalTokenRules> = {}): Promise<string> {
  const checks = externalTokenChecks.filter(({ step }) => step !== leftOut);
  const verdict = await verifyExternalToken(tokenOf(forgery), { ...rules, ...changes }, checks);
  return verdict.ok ? 'in' : verdict.steps.at(-1)?.step ?? '';
}

const claim = (name: string, value: unknown): Forgery => ({ claims: { [name]: value } });

/** Each with the step that refuses it, and what follows without the check of that step. */
const cases: readonly [name: string, step: string, forgery: Forgery, without?: string][] = [
  ['two parts', 'form', { token: (good) => good.split('.').slice(0, 2).join('.') }, 'form'],
  ['a claim twice', 'form', { token: () => signToken(goodHeader, JSON.stringify(goodClaims).replace('{', '{"sub":"bob",'), key) }, 'form'],
  ['an extension', 'crit', { header: { crit: ['exp'] } }, 'signature'],
  ['an unencoded payload', 'crit', { header: { b64: false } }],
  ['an ID token of a security event', 'typ', { header: { typ: 'secevent+jwt' } }],
  ['a logout token by its type', 'typ', { header: { typ: 'logout+jwt' } }],
  ['a DPoP proof', 'typ', { header: { typ: 'dpop+jwt' } }], ['a type that is a list', 'typ', { header: { typ: ['at+jwt'] } }],
  ['no algorithm', 'alg', { header: { alg: 'none' } }, 'key'],
  ['no algorithm and no signature', 'alg', { token: () => join({ ...goodHeader, alg: 'none' }, goodClaims, '') }, 'key'],
  ['an algorithm that the provider may not use', 'alg', { header: { alg: 'RS256', kid: 'rsa' }, signer: rsa }, 'key'],
  ['HMAC under the public key', 'alg', { token: () => forgeHmac({ ...goodHeader, alg: 'HS256' }, goodClaims, pem) }, 'key'],
  ['HMAC under the audience', 'alg', { token: () => forgeHmac({ ...goodHeader, alg: 'HS512' }, goodClaims, 'https://api.example') }, 'key'],
  ['an unknown key', 'key', { header: { kid: 'second' } }, 'signature'],
  ['a kid that is a number', 'key', { header: { kid: 1 } }, 'signature'],
  ['another signer', 'signature', { signer: other }],
  ['another signer without a kid', 'signature', { header: { kid: undefined }, signer: other }],
  ['a key that the token carries', 'signature', { header: { jwk: publicJwk(other) }, signer: other }],
  ['an address of keys that the token carries', 'signature', { header: { jku: 'https://evil.example/jwks' }, signer: other }],
  ['a signature of other claims', 'signature', {
    token: (good) => good.split('.').map((part, index) => (index === 1 ? encode({ ...goodClaims, sub: 'admin' }) : part)).join('.'),
  }],
  ['an empty signature', 'signature', { token: (good) => good.replace(/[^.]+$/, '') }],
  ['another issuer', 'iss', claim('iss', 'https://other.example')], ['an issuer with a slash', 'iss', claim('iss', 'https://id.example/')],
  ['no issuer', 'iss', { without: 'iss' }],
  ['another audience', 'aud', claim('aud', 'https://other.example')], ['no audience', 'aud', { without: 'aud' }],
  ['an audience that begins alike', 'aud', claim('aud', 'https://api.example.evil.example')],
  ['a list of audiences with a number', 'aud', claim('aud', ['https://api.example', 1])],
  ['an end that is past', 'exp', claim('exp', now - 6)], ['no end', 'exp', { without: 'exp' }, 'lifetime'],
  ['an end that is text', 'exp', claim('exp', String(now + 60)), 'lifetime'],
  ['no time', 'iat', { without: 'iat' }, 'lifetime'], ['a time ahead', 'iat', claim('iat', now + 10)],
  ['a time in ms', 'iat', claim('iat', now * 1_000)],
  ['an end in ms', 'lifetime', claim('exp', (now + 60) * 1_000)], ['two days', 'lifetime', claim('exp', now + 172_800)],
  ['not yet valid', 'nbf', claim('nbf', now + 60)], ['a start that is text', 'nbf', claim('nbf', String(now))],
  ['a nonce, as an ID token has', 'nonce', claim('nonce', 'n')], ['an empty nonce', 'nonce', claim('nonce', null)],
  ['an event, as a logout token has', 'events', claim('events', { 'http://schemas.openid.net/event/backchannel-logout': {} })],
  ['empty events', 'events', claim('events', null)],
  ['a token that is bound to a key', 'cnf', claim('cnf', { jkt: 'x' })],
  ['no person', 'sub', { without: 'sub' }], ['a person that is a number', 'sub', claim('sub', 7)],
  ['an empty person', 'sub', claim('sub', '')],
  ['a person with a line feed', 'sub', claim('sub', 'ann\n')],
  ['another tenant', 'tenant', claim('tid', 'other')], ['no tenant', 'tenant', { without: 'tid' }],
  ['a list with the tenant', 'tenant', claim('tid', ['acme'])], ['a tenant in other letters', 'tenant', claim('tid', 'Acme')],
];

describe('verifyExternalToken', () => {
  it.each(cases)('%s, is refused at %s, and the good token is not', async (_name, step, forgery, without = 'in') => {
    expect(await judge({})).toBe('in');
    expect(await judge(forgery)).toBe(step);
    expect(await judge(forgery, step)).toBe(without);
  });

  it('the cases, leave no check out', () => {
    expect(externalTokenChecks.map(({ step }) => step).filter((step) => !cases.some(([, each]) => each === step))).toEqual([]);
  });

  it.each([
    ['no type', { header: { typ: undefined } }], ['the type JWT', { header: { typ: 'JWT' } }],
    ['a whole media type', { header: { typ: 'application/AT+JWT' } }], ['no kid', { header: { kid: undefined } }],
    ['several audiences', claim('aud', ['https://api.example', 'https://other.example'])],
    ['an age of some hours', { claims: { iat: now - 30_000, exp: now + 60 } }],
  ] as const)('a token with %s, is accepted', async (_name, forgery) => {
    expect(await judge(forgery)).toBe('in');
  });

  it('keys from the configuration, need no kid and ignore it', async () => {
    const keys = createPemKeys([pem], algorithms);
    expect(await judge({ header: { kid: undefined } }, undefined, { keys })).toBe('in');
    expect(await judge({ header: { kid: 'of a later key' } }, undefined, { keys })).toBe('in');
    expect(await judge({ signer: other }, undefined, { keys })).toBe('signature');
  });

  it('keys that cannot be reached, refuse the token and say so', async () => {
    const keys = createForeignKeys({
      url: new URL('https://id.example/jwks'), algorithms, clock: () => now * 1_000, fetch: () => Promise.reject(new Error('away')),
    });
    const verdict = await verifyExternalToken(tokenOf({}), { ...rules, keys });
    expect(verdict.steps.at(-1)).toEqual({ step: 'key', ok: false, expected: 'the keys of the provider', received: 'no usable answer' });
  });

  it('a provider without a tenant claim, needs none', async () => {
    const { tenant: _tenant, ...single } = rules;
    expect(await verifyExternalToken(tokenOf({ without: 'tid' }), single)).toMatchObject({ ok: true, claims: { sub: 'ann' } });
  });
});
