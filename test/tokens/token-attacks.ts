import { createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { errorTable } from '../../src/errors/table.ts';
import { createAccessTokens } from '../../src/tokens/access-token.ts';
import {
  audience, encode, forgeEc, forgeHmac, goodClaims, goodSubject, issuer, join, keyRing, lifetimeSeconds, makeEcPair, now, settingsOf,
} from './forge.ts';

const ours = makeEcPair();
const other = makeEcPair();
const attacker = makeEcPair();
const goodHeader = { alg: 'ES256', kid: 'ours', typ: 'at+jwt' };
const good = forgeEc(goodHeader, goodClaims, ours.privateKey);
const [h = '', p = '', s = ''] = good.split('.');

/** The keys that whoever is attacked knows, and no others. */
export const attackedKeys = { ours, other };

/** Signed with our own key: what is wrong is the header alone. */
const withHeader = (changes: object): string => forgeEc({ ...goodHeader, ...changes }, goodClaims, ours.privateKey);

/** Signed with our own key: what is wrong is the payload alone. */
const withClaims = (changes: object): string => forgeEc(goodHeader, { ...goodClaims, ...changes }, ours.privateKey);

/** Attacks whoever verifies access tokens; `outcome` says "accepted", or the code with which a token was refused. */
export function describeTokenAttacks(outcome: (token: string) => Promise<string> | string): void {
  afterEach(async () => {
    // Whatever an attack did, the good token stays good.
    expect(await outcome(good)).toBe('accepted');
  });

  describe('access token, not three base64url parts with a JSON header', () => {
    it.each([
      ['nothing', ''],
      ['a word', 'token'],
      ['two parts', `${h}.${p}`],
      ['four parts', `${good}.${s}`],
      ['padding', `${good}=`],
      ['a header that is no JSON', `${encode('{alg:ES256}')}.${p}.${s}`],
      ['a header that is an array', `${encode([goodHeader])}.${p}.${s}`],
      ['a header with alg twice', forgeEc('{"alg":"ES256","kid":"ours","typ":"at+jwt","alg":"ES256"}', goodClaims, ours.privateKey)],
      ['9 kB, well signed', withClaims({ padding: 'x'.repeat(6400) })],
      ['9 kB of dots', '.'.repeat(9000)],
      ['the JSON serialization', JSON.stringify({ protected: h, payload: p, signature: s })],
    ])('%s, is malformed', async (_case, token) => {
      expect(await outcome(token)).toBe('token-malformed');
    });
  });

  describe('access token, algorithm', () => {
    it.each(['none', 'None', 'NONE', 'nOnE'])('alg %s, with and without a signature, is refused', async (alg) => {
      expect(await outcome(join({ ...goodHeader, alg }, goodClaims, ''))).toBe('token-invalid');
      expect(await outcome(join({ ...goodHeader, alg }, goodClaims, s))).toBe('token-invalid');
    });

    const spki = ours.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const jwk = ours.publicKey.export({ format: 'jwk' });
    const x = Buffer.from(jwk.x ?? '', 'base64url');
    const y = Buffer.from(jwk.y ?? '', 'base64url');
    it.each([
      ['its PEM', spki],
      ['its PEM without the last line feed', spki.trimEnd()],
      ['its DER', ours.publicKey.export({ type: 'spki', format: 'der' })],
      ['its JWK', JSON.stringify(jwk)],
      ['its point, uncompressed', Buffer.concat([Buffer.of(4), x, y])],
      ['its x', x],
      ['nothing', ''],
    ])('HMAC under the public key as %s, is refused', async (_case, secret) => {
      for (const bits of ['256', '384', '512']) {
        expect(await outcome(forgeHmac({ ...goodHeader, alg: `HS${bits}` }, goodClaims, secret, `sha${bits}`))).toBe('token-invalid');
        // The same under the algorithm we expect.
        expect(await outcome(forgeHmac(goodHeader, goodClaims, secret, `sha${bits}`))).toBe('token-invalid');
      }
    });

    it.each([
      ['RS256', 'sha256'], ['PS256', 'sha256'], ['ES384', 'sha384'], ['ES512', 'sha512'], ['ES256K', 'sha256'], ['EdDSA', 'sha256'],
      ['es256', 'sha256'],
    ])('alg %s, signed with our own key, is refused', async (alg, hash) => {
      expect(await outcome(forgeEc({ ...goodHeader, alg }, goodClaims, ours.privateKey, hash))).toBe('token-invalid');
    });

    it.each([[undefined], [null], [['ES256']], [{ ES256: 1 }], [0]])('alg %j, is refused', async (alg) => {
      expect(await outcome(withHeader({ alg }))).toBe('token-invalid');
    });
  });

  describe('access token, signature', () => {
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
    const zero = Buffer.alloc(32);
    const one = Buffer.concat([Buffer.alloc(31), Buffer.of(1)]);
    const pair = (r: Buffer, t: Buffer): string => join(goodHeader, goodClaims, Buffer.concat([r, t]));
    const der = sign('sha256', Buffer.from(`${h}.${p}`), ours.privateKey);
    const raw = Buffer.from(s, 'base64url');

    it.each([
      ['stripped', `${h}.${p}.`],
      ['of another token', `${h}.${encode({ ...goodClaims, sub: 'root' })}.${s}`],
      ['by a stranger\'s key', forgeEc(goodHeader, goodClaims, attacker.privateKey)],
      ['by our other key', forgeEc(goodHeader, goodClaims, other.privateKey)],
      ['in DER', join(goodHeader, goodClaims, der)],
      ['too short', join(goodHeader, goodClaims, raw.subarray(0, 63))],
      ['too long', join(goodHeader, goodClaims, Buffer.concat([raw, Buffer.of(0)]))],
      ['with its halves swapped', pair(raw.subarray(32), raw.subarray(0, 32))],
      ['r = 0, s = 0', pair(zero, zero)],
      ['r = 0, s = 1', pair(zero, one)],
      ['r = 1, s = 0', pair(one, zero)],
      ['r = n, s = n', pair(order, order)],
      ['r = n, s = 1', pair(order, one)],
    ])('%s, is refused', async (_case, token) => {
      expect(await outcome(token)).toBe('token-invalid');
    });

    it('each bit of signature and payload turned, is refused', async () => {
      for (let bit = 0; bit < raw.length * 8; bit += 1) {
        expect(await outcome(join(goodHeader, goodClaims, withBit(raw, bit)))).toBe('token-invalid');
      }
      const payload = Buffer.from(p, 'base64url');
      for (let bit = 0; bit < payload.length * 8; bit += 1) {
        expect(await outcome(`${h}.${withBit(payload, bit).toString('base64url')}.${s}`)).toBe('token-invalid');
      }
    });
  });

  describe('access token, header', () => {
    const jwkOf = (key: KeyObject): object => ({ ...createPublicKey(key).export({ format: 'jwk' }), alg: 'ES256', kid: 'ours' });
    it.each([
      ['jwk', { jwk: jwkOf(attacker.privateKey) }],
      ['jku', { jku: 'https://evil.test/jwks.json' }],
      ['x5u', { x5u: 'https://evil.test/cert.pem' }],
      ['x5c', { x5c: ['MIIB'] }],
    ])('key of its own as %s, is refused whoever signed', async (_case, extra) => {
      for (const { privateKey } of [attacker, ours]) {
        expect(await outcome(forgeEc({ ...goodHeader, ...extra }, goodClaims, privateKey))).toBe('token-invalid');
        expect(await outcome(forgeEc({ alg: 'ES256', typ: 'at+jwt', ...extra }, goodClaims, privateKey))).toBe('token-invalid');
      }
    });

    it.each([
      [undefined], [null], [''], [0], [true], [['ours']], [{ kid: 'ours' }], [{ $ne: null }], ['OURS'], ['ours '], ['ours\u0000'],
      ['unknown'],
      ['../../../../dev/null'], ['/dev/null'], ['file:///etc/passwd'], ['https://evil.test/key'], ['\' OR 1=1 --'],
      ['ours\' UNION SELECT \'k'],
      ['__proto__'], ['constructor'], ['toString'], ['size'], ['|id'],
    ])('kid %j, is refused, with an empty secret too', async (kid) => {
      expect(await outcome(withHeader({ kid }))).toBe('token-invalid');
      expect(await outcome(forgeHmac({ ...goodHeader, alg: 'HS256', kid }, goodClaims, ''))).toBe('token-invalid');
    });

    it('__proto__ as a member, is refused', async () => {
      const header = '{"alg":"ES256","typ":"at+jwt","__proto__":{"kid":"ours"}}';
      expect(await outcome(forgeEc(header, goodClaims, ours.privateKey))).toBe('token-invalid');
    });

    it('kid of our other key, is good for that key\'s signature alone', async () => {
      expect(await outcome(withHeader({ kid: 'other' }))).toBe('token-invalid');
      expect(await outcome(forgeEc({ ...goodHeader, kid: 'other' }, goodClaims, other.privateKey))).toBe('accepted');
    });

    it.each([
      [{ crit: ['exp'] }], [{ crit: [] }], [{ crit: ['b64'], b64: false }], [{ b64: false }], [{ b64: true }],
      [{ zip: 'DEF' }], [{ enc: 'A256GCM' }], [{ cty: 'JWT' }], [{ exp: now + 10 }],
    ])('header with %j, is refused', async (extra) => {
      expect(await outcome(withHeader(extra))).toBe('token-invalid');
    });

    it.each([
      [undefined], [null], ['JWT'], ['jwt'], ['dpop+jwt'], ['logout+jwt'], ['secevent+jwt'], ['AT+JWT'], ['at+jwt '],
      ['application/at+jwt'],
      [['at+jwt']], [''],
    ])('typ %j, is refused', async (typ) => {
      expect(await outcome(withHeader({ typ }))).toBe('token-invalid');
    });
  });

  describe('access token, claims', () => {
    it.each([
      ['at the limit of the tolerance', { iat: now + 60, nbf: now + 60, exp: now + 60 + lifetimeSeconds }],
      ['one second before its end', { iat: now - lifetimeSeconds + 1, exp: now + 1 }],
      ['whose end is over by less than the tolerance', { iat: now - lifetimeSeconds, exp: now - 59 }],
      ['that may already be used', { nbf: now }],
    ])('token %s, is accepted', async (_case, changes) => {
      expect(await outcome(withClaims(changes))).toBe('accepted');
    });

    it.each([
      ['at the limit of the tolerance', { iat: now - lifetimeSeconds, exp: now - 60 }],
      ['long ago', { iat: 1, exp: 2 }],
    ])('token that ended %s, is expired', async (_case, changes) => {
      expect(await outcome(withClaims(changes))).toBe('token-expired');
    });

    it.each([
      [{ iat: now + 61, exp: now + 61 + lifetimeSeconds }], [{ nbf: now + 61 }], [{ iat: now + 31_536_000, exp: now + 31_536_060 }],
    ])('token with %j, is not valid yet, which is a matter of clocks', async (changes) => {
      expect(await outcome(withClaims(changes))).toBe('token-not-yet-valid');
      expect(errorTable['token-not-yet-valid'].detail).toContain('clocks');
    });

    const ms = (now + lifetimeSeconds) * 1000;
    it.each([
      [{ exp: undefined }], [{ exp: null }], [{ exp: ms }], [{ exp: String(now + 60) }], [{ exp: now + 60.5 }], [{ exp: -1 }], [{ exp: 0 }],
      [{ exp: [now + 60] }],
      [{ exp: true }], [{ exp: Number.MAX_SAFE_INTEGER }], [{ exp: 2 ** 53 }], [{ exp: now }], [{ exp: now + lifetimeSeconds + 1 }],
      [{ iat: undefined }], [{ iat: null }], [{ iat: String(now) }], [{ iat: -1 }], [{ iat: 0 }], [{ iat: now * 1000, exp: ms }],
      [{ iat: now - 1 }], [{ iat: now - 31_536_000 }],
      [{ iat: -10, exp: 10 }], [{ iat: 0, exp: 10 }],
      [{ nbf: String(now) }], [{ nbf: null }],
      [{ iss: 'https://evil.test' }], [{ iss: `${issuer}/` }], [{ iss: undefined }], [{ iss: [issuer] }],
      [{ aud: 'other' }], [{ aud: undefined }], [{ aud: [audience] }], [{ aud: ['other', audience] }],
      [{ sub: undefined }], [{ sub: '' }], [{ sub: 1 }], [{ sub: ['user-1'] }], [{ sub: { $ne: null } }],
      [{ sid: undefined }], [{ sid: '' }], [{ sid: { $gt: '' } }], [{ sid: null }],
      [{ tenant: undefined }], [{ tenant: '' }], [{ tenant: 1 }], [{ tenant: ['default'] }], [{ tenant: 'another' }],
      [{ orgId: 'another' }],
      [{ orgId: undefined }],
      [{ acr: undefined }], [{ acr: 1 }], [{ acr: '0' }], [{ acr: '4' }], [{ acr: '1 ' }], [{ acr: 'phr' }],
      [{ amr: undefined }], [{ amr: 'pwd' }], [{ amr: [1] }], [{ amr: { 0: 'pwd' } }],
      [{ auth_time: undefined }], [{ auth_time: String(now) }], [{ auth_time: now + 0.5 }], [{ auth_time: 0 }], [{ auth_time: -1 }],
      [{ auth_time: null }],
      [{ jti: undefined }], [{ jti: 7 }], [{ username: null }], [{ roles: undefined }], [{ roles: 'superadmin' }], [{ roles: [1] }],
      [{ roles: { 0: 'user' } }], [{ grants: 'all' }],
      [{ permissions: undefined }], [{ permissions: 'manage:*' }], [{ permissions: [7] }], [{ permissions: { 0: 'manage:*' } }],
      [{ policies: undefined }], [{ policies: {} }], [{ policies: ['manage:*'] }], [{ policies: [null] }],
      [{ policies: [{ effect: 'maybe', actions: ['read'], resources: ['*'] }] }],
      [{ policies: [{ effect: 'allow', actions: 'read', resources: ['*'] }] }],
      [{ policies: [{ effect: 'allow', actions: ['read'], resources: ['*'], conditions: [{ type: 'ip' }] }] }],
      [{ policies: [{ effect: 'allow', actions: ['read'], resources: ['*'], conditions: [
        { type: 'attribute', left: 7, operator: 'eq', right: 'subject.id' },
      ] }] }],
      [{ attributes: [] }], [{ attributes: 'admin' }],
      [{ grants: 'session' }], [{ grants: 'session', permissions: undefined }],
      [{ grants: 'session', permissions: undefined, policies: undefined, attributes: {} }],
    ])('claims with %j, are refused', async (changes) => {
      expect(await outcome(withClaims(changes))).toBe('token-invalid');
    });

    it.each([
      ['an array', [goodClaims]], ['text', 'hello'], ['a JSON text', '"hello"'], ['a number', '7'], ['null', 'null'], ['true', 'true'],
      ['nothing', ''],
      ['half a JSON', '{"sub":'],
      ['1e400 as exp', JSON.stringify(goodClaims).replace(`"exp":${now + lifetimeSeconds}`, '"exp":1e400')],
      ['NaN as exp', JSON.stringify(goodClaims).replace(`"exp":${now + lifetimeSeconds}`, '"exp":NaN')],
      ['sub twice', JSON.stringify(goodClaims).replace('{', '{"sub":"root",')],
      ['__proto__ for the claims', JSON.stringify({ a: goodClaims }).replace('"a"', '"__proto__"')],
    ])('payload of %s, well signed, is refused', async (_case, payload) => {
      expect(await outcome(forgeEc(goodHeader, payload, ours.privateKey))).toBe('token-invalid');
    });

    it('token of another issuer or audience under the same key, is refused here and good there', async () => {
      for (const changes of [{ issuer: 'https://other.test' }, { audience: 'other' }]) {
        const elsewhere = createAccessTokens(settingsOf(keyRing({ ours }), changes));
        const { token } = elsewhere.sign(goodSubject);
        expect(elsewhere.verify(token).ok).toBe(true);
        expect(await outcome(token)).toBe('token-invalid');
      }
    });
  });
}

function withBit(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return changed;
}
