import { generateKeyPairSync, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { parseCompact, verifyParsed } from '../../src/tokens/compact-jws.ts';
import type { JwsAlgorithm } from '../../src/tokens/compact-jws.ts';
import { createForeignKeys, createPemKeys } from '../../src/tokens/foreign-keys.ts';
import type { ForeignKeys } from '../../src/tokens/foreign-keys.ts';
import { importForeignKey, importPemKey, jwsAlgorithms } from '../../src/tokens/verification-key.ts';
import { startKeyServer } from '../verifier/key-server.ts';
import { encode, makeEcPair } from './forge.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const ec = makeEcPair();
const jwkOf = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' });
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

describe('importForeignKey', () => {
  it.each<[string, KeyObject, JwsAlgorithm[]]>([
    ['RSA', rsa.publicKey, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
    ['P-256', ec.publicKey, ['ES256']],
    ['P-384', makeEcPair('P-384').publicKey, ['ES384']],
    ['P-521', makeEcPair('P-521').publicKey, ['ES512']],
    ['Ed25519', ed.publicKey, ['EdDSA']],
  ])('%s key without alg, fits the algorithms of its type, and of these only allowed ones', (_case, key, algorithms) => {
    expect(importForeignKey(jwkOf(key), jwsAlgorithms)?.algorithms.toSorted()).toEqual(algorithms.toSorted());
    expect(importForeignKey(jwkOf(key), algorithms.slice(0, 1))?.algorithms).toEqual(algorithms.slice(0, 1));
    expect(importForeignKey(jwkOf(key), jwsAlgorithms.filter((each) => !algorithms.includes(each)))).toBeUndefined();
    expect(importPemKey(pemOf(key), jwsAlgorithms)?.algorithms.toSorted()).toEqual(algorithms.toSorted());
  });

  it('key with alg, fits this algorithm alone', () => {
    const jwk = { ...jwkOf(rsa.publicKey), alg: 'PS256', kid: 'k' };
    expect(importForeignKey(jwk, jwsAlgorithms)).toMatchObject({ kid: 'k', algorithms: ['PS256'] });
    expect(importForeignKey(jwk, ['RS256'])).toBeUndefined();
  });

  it.each<[string, JsonWebKey]>([
    ['1,024 bits', jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
    ['secp256k1', jwkOf(makeEcPair('secp256k1').publicKey)],
    ['Ed448', jwkOf(generateKeyPairSync('ed448').publicKey)],
    ['a curve for encryption', jwkOf(generateKeyPairSync('x25519').publicKey)],
    ['a private part', jwkOf(ed.privateKey)],
    ['a shared secret', { kty: 'oct', k: 'AAAA', alg: 'HS256' }],
    ['alg none', { ...jwkOf(rsa.publicKey), alg: 'none' }],
    ['alg HS256', { ...jwkOf(rsa.publicKey), alg: 'HS256' }],
    ['a kid that is no text', { ...jwkOf(rsa.publicKey), kid: 7 }],
  ])('JWK with %s, is refused', (_case, jwk) => {
    expect(importForeignKey(jwk, jwsAlgorithms)).toBeUndefined();
  });

  it.each<[string, string]>([
    ['a private key', ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['two keys', pemOf(ed.publicKey) + pemOf(rsa.publicKey)],
    ['a text', 'hello'], ['a broken key', pemOf(ed.publicKey).replace('MC', 'MD')],
    ['a short key', pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
  ])('PEM of %s, is refused', (_case, pem) => {
    expect(importPemKey(pem, jwsAlgorithms)).toBeUndefined();
  });
});

describe('createForeignKeys', () => {
  const server = startKeyServer({});
  afterAll(async () => (await server).close());
  const publish = async (...keys: JsonWebKey[]) => {
    (await server).answerBy((response) => void response.end(JSON.stringify({ keys })));
    return (await server).asked();
  };
  const keysFor = async (algorithms: readonly JwsAlgorithm[]) => createForeignKeys({
    url: new URL((await server).jwksUrl), fetch, clock: () => now, algorithms,
  });
  let now = 1_790_000_000_000;
  const isSigned = async (keys: ForeignKeys, token: string) => {
    const parsed = parseCompact(token);
    const candidates = parsed ? await keys.candidates(parsed.header) : [];
    return candidates.some((rules) => parsed && verifyParsed(parsed, rules).ok);
  };
  const signWith = (key: KeyObject, header: object, hash: string | null = 'sha256') => {
    const input = `${encode(header)}.${encode({ sub: 'ann' })}`;
    return `${input}.${sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };

  it('keys without alg, as Entra publishes them, verify an allowed algorithm alone', async () => {
    await publish({ ...jwkOf(rsa.publicKey), kid: 'r' }, { ...jwkOf(ec.publicKey), kid: 'e' }, { ...jwkOf(ed.publicKey), kid: 'd' });
    const rs = await keysFor(['RS256']);
    expect(await isSigned(rs, signWith(rsa.privateKey, { alg: 'RS256', kid: 'r' }))).toBe(true);
    expect(await isSigned(rs, signWith(rsa.privateKey, { alg: 'RS384', kid: 'r' }, 'sha384'))).toBe(false);
    expect(await isSigned(rs, signWith(ec.privateKey, { alg: 'ES256', kid: 'e' }))).toBe(false);
    const all = await keysFor(jwsAlgorithms);
    expect(await isSigned(all, signWith(ec.privateKey, { alg: 'ES256', kid: 'e' }))).toBe(true);
    expect(await isSigned(all, signWith(ed.privateKey, { alg: 'EdDSA', kid: 'd' }, null))).toBe(true);
    expect(await isSigned(all, signWith(ed.privateKey, { alg: 'EdDSA', kid: 'r' }, null))).toBe(false);
    expect(await isSigned(all, signWith(generateKeyPairSync('ed25519').privateKey, { alg: 'EdDSA', kid: 'd' }, null))).toBe(false);
  });

  it('token without kid, is verified with each key that fits; one with a kid, only with that key', async () => {
    await publish({ ...jwkOf(makeEcPair().publicKey), kid: 'other' }, jwkOf(ec.publicKey));
    const keys = await keysFor(['ES256']);
    expect(await isSigned(keys, signWith(ec.privateKey, { alg: 'ES256' }))).toBe(true);
    expect(await isSigned(keys, signWith(ec.privateKey, { alg: 'ES256', kid: 'other' }))).toBe(false);
    expect(await keys.candidates({ alg: 'ES256', kid: 7 })).toEqual([]);
  });

  it('new key, is fetched at its first token; a removed one, is forgotten with the cache; other algorithms, fetch nothing', async () => {
    const second = makeEcPair();
    const before = await publish({ ...jwkOf(ec.publicKey), kid: 'first' });
    const keys = await keysFor(['ES256']);
    const byFirst = signWith(ec.privateKey, { alg: 'ES256', kid: 'first' });
    const bySecond = signWith(second.privateKey, { alg: 'ES256', kid: 'second' });
    expect(await isSigned(keys, byFirst)).toBe(true);
    await publish({ ...jwkOf(second.publicKey), kid: 'second' });
    now += 10_000;
    expect(await isSigned(keys, signWith(second.privateKey, { alg: 'none', kid: 'second' }))).toBe(false);
    expect(await isSigned(keys, bySecond)).toBe(true);
    expect((await server).asked() - before).toBe(2);
    expect(await isSigned(keys, byFirst)).toBe(false);
    for (let count = 0; count < 25; count += 1) expect(await keys.candidates({ alg: 'ES256', kid: `made-up-${count}` })).toEqual([]);
    expect((await server).asked() - before).toBe(10);
  });
});

describe('createPemKeys', () => {
  it('token with any kid, is verified with the keys of its algorithm', async () => {
    const keys = createPemKeys([pemOf(rsa.publicKey), pemOf(ec.publicKey)], ['ES256', 'RS256']);
    expect(await keys.candidates({ alg: 'ES256', kid: 'any' })).toMatchObject([{ algorithm: 'ES256', key: { asymmetricKeyType: 'ec' } }]);
    expect(await keys.candidates({ alg: 'PS256' })).toEqual([]);
  });

  it('text that is no public key, throws', () => {
    expect(() => createPemKeys(['x'], ['RS256'])).toThrow(TypeError);
    expect(() => createPemKeys([pemOf(ec.publicKey)], ['RS256'])).toThrow(TypeError);
  });
});
