import type { SigningKey } from '../../tokens/access-token.ts';
import type { VerificationKey } from '../../tokens/verify-token.ts';
import type { PublishedJwk } from './signing-key.model.ts';

/** A key, opened. */
export interface RingKey {
  readonly signing: SigningKey;
  readonly verification: VerificationKey;
  readonly published: PublishedJwk;
  /** ms since 1970. */
  readonly signsFrom: number;
}

/** Keys that take turns, as they stand at a moment, in ms since 1970. */
export interface KeyRing {
  signingKey(now: number): SigningKey;
  verificationKey(kid: string, now: number): VerificationKey | undefined;
  jwks(now: number): { readonly keys: readonly PublishedJwk[] };
}

/** How long a key is published before it signs, in ms: as long as services that verify may keep the keys that they know. */
export const publishedAhead = 10 * 60_000;

/**
 * Puts keys, in the order of their numbers, on a ring: the last whose time has come signs.
 *
 * One that has stopped signing verifies for `tokenLifetime` ms more, until the last of its tokens has expired; one that
 * waits for its turn is published and verifies already. Throws if none is to sign.
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
