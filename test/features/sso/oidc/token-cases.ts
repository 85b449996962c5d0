import { createHmac } from 'node:crypto';
import { encode, forgeHmac, join, makeEcPair } from '../../../tokens/forge.ts';
import { leftHalfOf, makeProviderKey, publicJwk, signToken } from '../../../support/sso/sign-token.ts';
import type { Members } from '../../../support/sso/sign-token.ts';
import type { ForgeFacts } from '../../../support/sso/forging-provider.ts';
import type { HostileCase } from './hostile-case.ts';

const attacker = makeProviderKey('first', 'ES256');
const rsa = makeProviderKey('rsa', 'RS256');
const jwk = publicJwk(attacker);

type Row = readonly [name: string, change: (good: Members, facts: ForgeFacts) => unknown, without?: string];

/** Cases about one step, of which each changes the claims. `without` says what follows if the check of this step is left out. */
const claims = (step: string, without: string, rows: readonly Row[]): readonly HostileCase[] => rows.map(
  ([name, change, own = without]) => ({ name: `${step}: ${name}`, step, without: own, forge: { claims: change } }));
const header = (step: string, without: string, rows: readonly Row[]): readonly HostileCase[] => rows.map(
  ([name, change, own = without]) => ({ name: `${step}: ${name}`, step, without: own, forge: { header: change } }));
const set = (name: string, value: unknown) => (good: Members) => ({ ...good, [name]: value });
const drop = (name: string) => (good: Members) => Object.fromEntries(Object.entries(good).filter(([each]) => each !== name));

type TokenRow = readonly [name: string, change: (good: string, facts: ForgeFacts) => unknown, without?: string];
const token = (step: string, without: string, rows: readonly TokenRow[]): readonly HostileCase[] => rows.map(
  ([name, change, own = without]) => ({ name: `${step}: ${name}`, step, without: own, forge: { idToken: change } }));

const partsOf = (good: string) => {
  const [head = '', body = '', signature = ''] = good.split('.');
  return { head, body, signature, claims: JSON.parse(Buffer.from(body, 'base64url').toString()) as Members };
};
/** Signs any text with the key of the provider. */
const signed = (head: unknown, body: unknown, { key }: ForgeFacts) => signToken(head, body, key);
const goodHeader = (facts: ForgeFacts) => ({ alg: facts.key.alg, kid: facts.key.kid, typ: 'JWT' });

/** What is no token, or not the one that another parser would see. */
const formCases = token('form', 'form', [
  ['two parts', (good) => good.split('.').slice(0, 2).join('.')],
  ['four parts', (good) => `${good}.${good.split('.')[2]}`],
  ['five parts, as an encrypted token has', (good) => `${good}.a.b`],
  ['padding', (good) => `${good}=`],
  ['a header that is no JSON', (good, facts) => signed('{alg}', partsOf(good).claims, facts)],
  ['a header that is a list', (good, facts) => signed([goodHeader(facts)], partsOf(good).claims, facts)],
  ['a header with alg twice', (good, facts) => signed('{"alg":"none","alg":"ES256","kid":"first"}', partsOf(good).claims, facts)],
  ['claims that are no JSON', (_good, facts) => signed(goodHeader(facts), '{sub}', facts)],
  ['claims that are a list', (good, facts) => signed(goodHeader(facts), [partsOf(good).claims], facts)],
  ['claims with sub twice', (good, facts) => signed(
    goodHeader(facts), JSON.stringify(partsOf(good).claims).replace('{', '{"sub":"bob",'), facts)],
  ['claims with sub twice, written otherwise', (good, facts) => signed(
    goodHeader(facts), JSON.stringify(partsOf(good).claims).replace('{', '{"\\u0073ub":"bob",'), facts)],
  ['70 kB', (good, facts) => signed(goodHeader(facts), { ...partsOf(good).claims, padding: 'x'.repeat(70_000) }, facts)],
  ['the JSON serialization', (good) => JSON.stringify({ protected: partsOf(good).head, payload: partsOf(good).body })],
  ['nothing', () => ''],
]);

const headerCases: readonly HostileCase[] = [
  ...header('crit', 'exchange', [
    ['an extension', (good) => ({ ...good, crit: ['https://example.org/extension'], 'https://example.org/extension': 1 }), 'signature'],
    ['an empty list', set('crit', []), 'signature'],
    ['an unencoded payload', (good) => ({ ...good, b64: false, crit: ['b64'] })],
    ['b64 alone', set('b64', true), 'in'],
  ]),
  ...header('typ', 'in', [
    ['an access token', set('typ', 'at+jwt')], ['a logout token', set('typ', 'logout+jwt')],
    ['a security event', set('typ', 'application/secevent+jwt')], ['a number', set('typ', 7)], ['another word', set('typ', 'JOSE')],
  ]),
  ...header('alg', 'key', [
    ['none', set('alg', 'none')], ['None', set('alg', 'None')], ['absent', drop('alg')], ['in small letters', set('alg', 'es256')],
    ['a list', set('alg', ['ES256'])], ['an algorithm that the provider may not use', set('alg', 'RS256')],
  ]),
  ...token('alg', 'key', [
    ['none, without a signature', (good, facts) => join({ ...goodHeader(facts), alg: 'none' }, partsOf(good).claims, '')],
    ['HMAC under the client secret', (good, facts) => forgeHmac(
      { ...goodHeader(facts), alg: 'HS256' }, partsOf(good).claims, 'a secret of 32 characters, at least')],
    ['HMAC under the public key', (good, facts) => forgeHmac(
      { ...goodHeader(facts), alg: 'HS256' }, partsOf(good).claims, facts.key.publicKey.export({ type: 'spki', format: 'pem' }))],
  ]),
  ...header('key', 'signature', [
    ['no kid', drop('kid')], ['an unknown kid', set('kid', 'unknown')], ['an empty kid', set('kid', '')], ['a number', set('kid', 1)],
    ['a list', set('kid', ['first'])], ['a path', set('kid', '../first')], ['a kid in other letters', set('kid', 'First')],
  ]),
];

/** Keys that come with the token. None of them is looked at. */
const carriedKeys: readonly (readonly [string, Members])[] = [
  ['jwk', { jwk }], ['jku', { jku: 'http://127.0.0.1:1/jwks' }], ['x5u', { x5u: 'http://127.0.0.1:1/cert' }], ['x5c', { x5c: ['MIIB'] }],
];

const signatureCases: readonly HostileCase[] = [
  { name: 'signature: of another key', step: 'signature', without: 'in', forge: { signer: () => attacker } },
  ...carriedKeys.map(([name, carried]): HostileCase => ({
    name: `signature: of a key that the token carries as ${name}`, step: 'signature', without: 'in',
    forge: { header: (good) => ({ ...good, ...carried }), signer: () => attacker },
  })),
  { name: 'signature: of an RSA key', step: 'signature', without: 'in', forge: { signer: () => rsa } },
  ...token('signature', 'in', [
    ['none', (good) => `${partsOf(good).head}.${partsOf(good).body}.`],
    ['zeros', (good) => `${partsOf(good).head}.${partsOf(good).body}.${Buffer.alloc(64).toString('base64url')}`],
    ['with one bit changed', (good) => {
      const bytes = Buffer.from(partsOf(good).signature, 'base64url');
      bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
      return `${partsOf(good).head}.${partsOf(good).body}.${bytes.toString('base64url')}`;
    }],
    ['of other claims', (good) => `${partsOf(good).head}.${encode({ ...partsOf(good).claims, sub: 'admin' })}.${partsOf(good).signature}`],
    ['of another header', (good, facts) => `${encode({ ...goodHeader(facts), x: 1 })}.${partsOf(good).body}.${partsOf(good).signature}`],
    ['an HMAC under the public key', (good, facts) => join(goodHeader(facts), partsOf(good).claims, createHmac(
      'sha256', facts.key.publicKey.export({ type: 'spki', format: 'pem' })).update('x').digest())],
    ['twice as long', (good) => `${good}${partsOf(good).signature}AA`],
  ]),
  {
    name: 'signature: of the key that went, under the name of the one that stays', step: 'signature', without: 'in',
    forge: { signer: () => ({ alg: 'ES256', privateKey: makeEcPair().privateKey }) },
  },
];

const otherParty = ['gatehouse', 'other'];
const claimCases: readonly HostileCase[] = [
  ...claims('iss', 'exchange', [
    ['another issuer', set('iss', 'https://other.example')], ['absent', drop('iss')],
    ['a list', (good) => ({ ...good, iss: [good['iss']] })],
    ['with a slash at its end', (good) => ({ ...good, iss: `${String(good['iss'])}/` })], ['null', set('iss', null)],
    ['in other letters', (good) => ({ ...good, iss: String(good['iss']).toUpperCase() })],
  ]),
  ...claims('aud', 'exchange', [
    ['another client', set('aud', 'other')], ['absent', drop('aud')], ['an empty list', set('aud', [])],
    ['other clients', set('aud', ['a', 'b']), 'azp'],
    ['a longer name', set('aud', 'gatehouse2')], ['a name in other letters', set('aud', 'Gatehouse')],
    ['an object', set('aud', { gatehouse: 1 })],
    ['names in one text', set('aud', 'gatehouse other')], ['a list with a number', set('aud', ['gatehouse', 1])],
  ]),
  ...claims('azp', 'in', [
    ['absent for several audiences', set('aud', otherParty), 'exchange'], ['another client', set('azp', 'other')],
    ['another client for several audiences', (good) => ({ ...good, aud: otherParty, azp: 'other' }), 'exchange'],
    ['a list', set('azp', ['gatehouse'])], ['empty', set('azp', '')], ['null', set('azp', null)],
  ]),
  ...claims('exp', 'lifetime', [
    ['past', (good, { now }) => ({ ...good, iat: now - 60, exp: now - 10 }), 'exchange'],
    ['just past', (good, { now }) => ({ ...good, exp: now - 6 }), 'exchange'], ['absent', drop('exp')],
    ['text', (good) => ({ ...good, exp: String(good['exp']) })], ['null', set('exp', null)], ['zero', set('exp', 0)],
    ['negative', set('exp', -1)],
  ]),
  ...claims('iat', 'in', [
    ['absent', drop('iat'), 'lifetime'], ['text', (good) => ({ ...good, iat: String(good['iat']) }), 'lifetime'],
    ['11 minutes ago', (good, { now }) => ({ ...good, iat: now - 660 })], ['10 s ahead', (good, { now }) => ({ ...good, iat: now + 10 })],
    ['yesterday', (good, { now }) => ({ ...good, iat: now - 86_000 })], ['in ms', (good, { now }) => ({ ...good, iat: now * 1_000 })],
    ['zero', set('iat', 0), 'lifetime'],
  ]),
  ...claims('lifetime', 'in', [
    ['an end in ms', (good, { now }) => ({ ...good, exp: (now + 300) * 1_000 })],
    ['two days', (good, { now }) => ({ ...good, exp: now + 172_800 })],
    ['without an end', set('exp', 1e300)],
  ]),
  ...claims('nbf', 'exchange', [
    ['ahead', (good, { now }) => ({ ...good, nbf: now + 30 })], ['text', (good, { now }) => ({ ...good, nbf: String(now) })],
    ['in ms', (good, { now }) => ({ ...good, nbf: now * 1_000 })],
  ]),
  ...claims('nonce', 'exchange', [
    ['absent', drop('nonce')], ['another one', set('nonce', 'another')], ['empty', set('nonce', '')], ['null', set('nonce', null)],
    ['a list', (good) => ({ ...good, nonce: [good['nonce']] })],
    ['shorter', (good) => ({ ...good, nonce: String(good['nonce']).slice(1) })],
  ]),
  ...claims('sub', 'subject', [
    ['absent', drop('sub'), 'exchange'], ['empty', set('sub', '')], ['a number', set('sub', 7), 'exchange'],
    ['null', set('sub', null), 'exchange'],
    ['a list', set('sub', ['ann']), 'exchange'], ['256 characters', set('sub', 'x'.repeat(256))], ['a line feed', set('sub', 'ann\n')],
    ['a NUL', set('sub', 'ann\0')], ['a control character of Latin-1', set('sub', 'ann\u0085')],
    ['half of a surrogate pair', set('sub', 'ann\ud800')],
  ]),
  ...claims('at_hash', 'in', [
    ['of another token', set('at_hash', leftHalfOf('another'))], ['the whole hash', (good, { accessToken }) => (
      { ...good, at_hash: leftHalfOf(accessToken, 'sha512') })], ['null', set('at_hash', null)], ['empty', set('at_hash', '')],
    ['a list', (good) => ({ ...good, at_hash: [good['at_hash']] })],
  ]),
  ...claims('auth_time', 'in', [
    ['absent', (good) => good], ['before the limit', (good, { now }) => ({ ...good, auth_time: now - 120 })],
    ['text', (good, { now }) => ({ ...good, auth_time: String(now) }), 'exchange'],
    ['ahead', (good, { now }) => ({ ...good, auth_time: now + 60 })],
  ]).map((each) => ({ ...each, provider: { configuration: { maxAge: 60 } } })),
];

/** Cases about the ID token. */
export const tokenCases: readonly HostileCase[] = [...formCases, ...headerCases, ...signatureCases, ...claimCases];
