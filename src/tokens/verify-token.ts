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
  /** A plain look-up in memory: a `kid` from a token never becomes a path, a query or a URL. */
  readonly verificationKey: (kid: string) => VerificationKey | undefined;
  readonly issuer: string;
  readonly audience: string;
  /** Tokens that were issued for longer are refused. */
  readonly lifetimeSeconds: number;
  /** By how much the clock of the issuer may differ from this one. */
  readonly toleranceSeconds: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Told of each token whether it was remembered. */
  readonly onLookup?: ((hit: boolean) => void) | undefined;
}

export type AccessTokenResult =
  | { readonly ok: true; readonly claims: AccessClaims }
  | { readonly ok: false; readonly code: 'token-malformed' | 'token-expired' | 'token-invalid' | 'token-not-yet-valid' };

/** Never throws; whatever is not three base64url parts with a JSON header is malformed, whatever Gatehouse did not issue invalid. */
export type VerifyToken = (token: string) => AccessTokenResult;

/** The `typ` of every access token (RFC 9068 section 2.1). */
export const typ = 'at+jwt';
export const maxTokenBytes = 8192;
/** The most by which clocks may differ, in seconds: beyond it a token would outlive its end by too much. */
export const maxClockTolerance = 300;

const headerMembers = new Set(['alg', 'kid', 'typ']);
/** As many as there are callers in memory: of a session that is known, no signature is verified again. */
const maxRemembered = 50_000;

interface VerifiedToken {
  readonly claims: AccessClaims;
  readonly key: VerificationKey;
}

/**
 * Makes the verification of Gatehouse's access tokens: JWTs of RFC 9068, signed with the one algorithm of their key.
 *
 * Verified tokens are remembered until they expire, and only while their key stays loaded: a removed key's tokens die at once.
 */
export function createVerifyToken({ verificationKey, issuer, audience, lifetimeSeconds, toleranceSeconds, clock, onLookup }: VerifyTokenDeps): VerifyToken {
  const remembered = new LRUCache<string, VerifiedToken>({ max: maxRemembered });

  const recall = (token: string): VerifiedToken | undefined => {
    const known = remembered.get(token);
    return known && verificationKey(known.key.kid)?.publicKey === known.key.publicKey ? known : undefined;
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
    return typeof claims === 'string' ? claims : { claims, key };
  };

  return (token) => {
    const now = clock() / 1000;
    const known = recall(token);
    onLookup?.(known !== undefined);
    const found = known ?? verifyAnew(token, now);
    if (typeof found === 'string') return { ok: false, code: found };
    if (now >= found.claims.exp + toleranceSeconds) {
      remembered.delete(token);
      return { ok: false, code: 'token-expired' };
    }
    if (!known) remembered.set(token, found);
    return { ok: true, claims: found.claims };
  };
}

/** The key that a token names. Our headers have three members; one with more, such as a key of its own, is not ours. */
export function kidOf({ header }: ParsedJws): string | undefined {
  const { kid } = header;
  const isOurs = Object.keys(header).every((member) => headerMembers.has(member));
  return isOurs && typeof kid === 'string' ? kid : undefined;
}
