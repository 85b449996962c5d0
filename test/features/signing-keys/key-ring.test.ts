import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { createKeyRing } from '../../../src/features/signing-keys/key-ring.ts';
import type { RingKey } from '../../../src/features/signing-keys/key-ring.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const tokenLifetime = 100;

function keyOf(kid: string, signsFrom: number): RingKey {
  return {
    signsFrom,
    signing: { kid, algorithm: 'ES256', privateKey },
    verification: { kid, algorithm: 'ES256', publicKey },
    published: { kty: 'EC', crv: 'P-256', x: '', y: '', kid, alg: 'ES256', use: 'sig' },
  };
}

describe('a ring of keys', () => {
  it('any turns, at any moment, whatever signed within the lifetime of a token verifies and is published', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 6 }), fc.integer({ min: 0, max: 2_000 }), (
      pauses, now,
    ) => {
      let at = 0;
      const keys = [0, ...pauses].map((pause, index) => keyOf(`k${index}`, at += pause));
      const ring = createKeyRing(keys, tokenLifetime);
      const published = ring.jwks(now).keys.map(({ kid }) => kid);
      for (let signedAt = Math.max(0, now - tokenLifetime + 1); signedAt <= now; signedAt += 1) {
        const { kid } = ring.signingKey(signedAt);
        expect(ring.verificationKey(kid, now)?.kid).toBe(kid);
        expect(published).toContain(kid);
      }
    }), { numRuns: 300 });
  });

  it('a key that another one followed longer ago than a token lives, verifies nothing and is published no longer', () => {
    const ring = createKeyRing([keyOf('old', 0), keyOf('new', 1_000)], tokenLifetime);
    expect([ring.verificationKey('old', 1_099)?.kid, ring.verificationKey('old', 1_100)?.kid]).toEqual(['old', undefined]);
    expect(ring.jwks(1_100).keys.map(({ kid }) => kid)).toEqual(['new']);
  });

  it('before the first key has its turn, which clocks that differ make possible, it signs', () => {
    expect(createKeyRing([keyOf('only', 50)], tokenLifetime).signingKey(49).kid).toBe('only');
  });

  it('without keys, says to seed', () => {
    expect(() => createKeyRing([], tokenLifetime).signingKey(0)).toThrow(/run the seeding/);
  });
});
