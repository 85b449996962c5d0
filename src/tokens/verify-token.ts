import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { readClaims } from './access-claims.ts';
import type { AccessClaims } from './access-claims.ts';
import { parseCompact, verifyParsed } from './compact-jws.ts';
import type { JwsAlgorithm, ParsedJws } from './compact-jws.ts';

export interface VerificationKey {
  readonly kid: string;
  readonly algorithm: JwsAlgorithm;
  readonly publicKey: KeyObject;
}

export interface VerifyTokenDeps {
  /** Must look in memory only, so that a `kid` from a token never becomes part of a path, a query or a URL. */
  readonly verificationKey: (kid: string) => VerificationKey | undefined;
  readonly issuer: string;
  readonly audience: string;
  /** Tokens with a longer lifetime are refused. */
  readonly lifetimeSeconds: number;
  /** Largest allowed difference between the clock of the issuer and this one, in seconds. */
  readonly toleranceSeconds: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Called for each token with whether it was in the cache. */
  readonly onLookup?: ((hit: boolean) => void) | undefined;
}

export type AccessTokenResult =
  | { readonly ok: true; readonly claims: AccessClaims }
  | { readonly ok: false; readonly code: 'token-malformed' | 'token-expired' | 'token-invalid' | 'token-not-yet-valid' };

/**
 * Verifies a token and never throws. A token is malformed if it does not have three base64url parts with a JSON header. It is
 * invalid if Gatehouse did not issue it.
 */
export type VerifyToken = (token: string) => AccessTokenResult;

/** The `typ` of every access token (RFC 9068 section 2.1). */
export const typ = 'at+jwt';
export const maxTokenBytes = 8192;
/** The largest clock tolerance in seconds: with more, a token would be accepted for too long after its end. */
export const maxClockTolerance = 300;

const headerMembers = new Set(['alg', 'kid', 'typ']);
/** The cache is as large as the cache of callers, so that no signature is verified again for a session in that cache. */
const maxRemembered = 50_000;

/** A verified token is found by the end of its signature, and then compared as a whole: to hash all of it would take longer. */
const tailOf = (token: string): string => token.slice(-32);

interface VerifiedToken {
  readonly token: string;
  readonly claims: AccessClaims;
  readonly key: VerificationKey;
}

/**
 * Creates the function that verifies access tokens of Gatehouse: JWTs of RFC 9068, signed with the only algorithm of their key.
 *
 * Verified tokens are cached until they expire, and only while their key is loaded: tokens of a removed key are refused at once.
 */
export function createVerifyToken(
  { verificationKey, issuer, audience, lifetimeSeconds, toleranceSeconds, clock, onLookup }: VerifyTokenDeps,
): VerifyToken {
  // Not `max`, with which the cache reserves memory for all entries at once: see platform/cache/cache-limit.ts.
  const remembered = new LRUCache<string, VerifiedToken>({ maxSize: maxRemembered, sizeCalculation: () => 1 });

  const recall = (token: string): VerifiedToken | undefined => {
    const known = remembered.get(tailOf(token));
    return known?.token === token && verificationKey(known.key.kid)?.publicKey === known.key.publicKey ? known : undefined;
  };

  const verifyAnew = (token: string, now: number): VerifiedToken | 'token-malformed' | 'token-invalid' | 'token-not-yet-valid' => {
    const parsed = parseCompact(token, maxTokenBytes);
    if (!parsed) return 'token-malformed';
    const kid = kidOf(parsed);
    const key = kid === undefined ? undefined : verificationKey(kid);
    if (!key) return 'token-invalid';
    const result = verifyParsed(parsed, { key: key.publicKey, algorithm: key.algorithm, typ });
    if (!result.ok) return 'token-invalid';
    const claims = readClaims(result.payload, { issuer, audience, lifetimeSeconds, tolerance: toleranceSeconds, now });
    return typeof claims === 'string' ? claims : { token, claims, key };
  };

  return (token) => {
    const now = clock() / 1000;
    const known = recall(token);
    onLookup?.(known !== undefined);
    const found = known ?? verifyAnew(token, now);
    if (typeof found === 'string') return { ok: false, code: found };
    if (now >= found.claims.exp + toleranceSeconds) {
      if (known) remembered.delete(tailOf(token));
      return { ok: false, code: 'token-expired' };
    }
    if (!known) remembered.set(tailOf(token), found);
    return { ok: true, claims: found.claims };
  };
}

/** The `kid` of a token. Headers of Gatehouse have only three members, so a header with another one, such as a key, has no `kid` here. */
export function kidOf({ header }: ParsedJws): string | undefined {
  const { kid } = header;
  const isOurs = Object.keys(header).every((member) => headerMembers.has(member));
  return isOurs && typeof kid === 'string' ? kid : undefined;
}
