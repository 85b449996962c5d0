import type { SigningKey } from '../../tokens/access-token.ts';
import type { VerificationKey } from '../../tokens/verify-token.ts';
import type { PublishedJwk } from './signing-key.model.ts';

/** A decrypted key. */
export interface RingKey {
  readonly signing: SigningKey;
  readonly verification: VerificationKey;
  readonly published: PublishedJwk;
  /** When it starts to sign, in ms since 1970. */
  readonly signsFrom: number;
}

/** The keys that sign one after the other. `now` is in ms since 1970. */
export interface KeyRing {
  signingKey(now: number): SigningKey;
  verificationKey(kid: string, now: number): VerificationKey | undefined;
  jwks(now: number): { readonly keys: readonly PublishedJwk[] };
}

/** How long a key is published before it signs, in ms: services that verify tokens may cache the known keys this long. */
export const publishedAhead = 10 * 60_000;

/**
 * Creates the ring of these keys, which are in the order of their numbers. The last key whose `signsFrom` has passed signs.
 *
 * A key that has stopped signing verifies for `tokenLifetime` ms more, until its last token has expired. A key that will sign later
 * is published and verifies already. `signingKey` throws if there is no key.
 */
export function createKeyRing(keys: readonly RingKey[], tokenLifetime: number): KeyRing {
  const byKid = new Map(keys.map(
    (key, index) => [key.signing.kid, { key, endsAt: (keys[index + 1]?.signsFrom ?? Infinity) + tokenLifetime }],
  ));
  return {
    signingKey(now) {
      const key = keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0];
      if (!key) throw new Error('No signing key is stored: run the seeding first.');
      return key.signing;
    },
    verificationKey(kid, now) {
      const known = byKid.get(kid);
      return known && now < known.endsAt ? known.key.verification : undefined;
    },
    jwks: (now) => ({ keys: [...byKid.values()].filter(({ endsAt }) => now < endsAt).map(({ key }) => key.published) }),
  };
}
