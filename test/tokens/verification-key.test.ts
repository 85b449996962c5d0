import { generateKeyPairSync } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { importVerificationKey } from '../../src/tokens/verification-key.ts';
import { makeEcPair } from './forge.ts';

const pair = makeEcPair();
const good: JsonWebKey = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' };
const rsa: JsonWebKey = {
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }), kid: 'k2', alg: 'PS384',
};

describe('importVerificationKey', () => {
  it('public JWK for signatures, pins the algorithm it names', () => {
    expect(importVerificationKey(good))
      .toMatchObject({ kid: 'k1', algorithm: 'ES256', publicKey: { type: 'public', asymmetricKeyType: 'ec' } });
    expect(importVerificationKey({ ...rsa, key_ops: ['verify'] })).toMatchObject({ kid: 'k2', algorithm: 'PS384' });
  });

  it.each<[string, JsonWebKey]>([
    ['no kid', { ...good, kid: undefined }],
    ['no alg', { ...good, alg: undefined }],
    ['alg none', { ...good, alg: 'none' }],
    ['alg of another type', { ...good, alg: 'RS256' }],
    ['alg of another curve', { ...good, alg: 'ES384' }],
    ['alg that is a name of every object', { ...good, alg: 'constructor' }],
    ['use for encryption', { ...good, use: 'enc' }],
    ['key_ops without verify', { ...good, key_ops: ['encrypt'] }],
    ['key_ops that is no list', { ...good, key_ops: 'verify' }],
    ['private members', { ...pair.privateKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' }],
    ['a symmetric key', { kty: 'oct', k: 'AAAA', kid: 'k1', alg: 'HS256' }],
    ['a point off the curve', { ...good, y: good.x ?? '' }],
  ])('JWK with %s, is refused', (_case, jwk) => {
    expect(importVerificationKey(jwk)).toBeUndefined();
  });
});
