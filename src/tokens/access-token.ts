import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { readClaims } from './access-claims.ts';
import type { AccessClaims } from './access-claims.ts';
import { parseCompact, verifyParsed } from './compact-jws.ts';
import type { JwsAlgorithm, ParsedJws } from './compact-jws.ts';

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: JwsAlgorithm;
  readonly privateKey: KeyObject;
}

export interface VerificationKey {
  readonly kid: string;
  readonly algorithm: JwsAlgorithm;
  readonly publicKey: KeyObject;
}

/** The keys in memory. `verificationKey` is a plain look-up: a `kid` from a token never becomes a path, a query or a URL. */
export interface TokenKeys {
  signingKey(): SigningKey;
  verificationKey(kid: string): VerificationKey | undefined;
}

export interface AccessTokenSettings {
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Whom a token is for; `roles` are role types. */
export type TokenSubject = Readonly<Pick<AccessClaims, 'sub' | 'sid' | 'tenant' | 'username'>> & { readonly roles: readonly string[] };

export type AccessTokenResult =
  | { readonly ok: true; readonly claims: AccessClaims }
  | { readonly ok: false; readonly code: 'token-malformed' | 'token-expired' | 'token-invalid' };

export interface AccessTokens {
  /** Issues a token that lives `lifetimeSeconds`; throws when it came out so long that `verify` would refuse it. */
  sign(subject: TokenSubject): string;
  /** Never throws; whatever is not three base64url parts with a JSON header is malformed, whatever we did not issue invalid. */
  verify(token: string): AccessTokenResult;
}

const typ = 'at+jwt';
const headerMembers = new Set(['alg', 'kid', 'typ']);
const maxTokenBytes = 8192;
const maxRolesBytes = 4096;
const maxRemembered = 10_000;

interface VerifiedToken {
  readonly claims: AccessClaims;
  readonly key: VerificationKey;
}

/**
 * Issues and verifies Gatehouse's access tokens: JWTs of RFC 9068 (`typ` "at+jwt"), signed with the one algorithm of their key.
 *
 * Verified tokens are remembered until they expire, and only while their key stays loaded: a removed key's tokens die at once.
 */
export function createAccessTokens(settings: AccessTokenSettings): AccessTokens {
  const { keys, issuer, audience, lifetimeSeconds, clock } = settings;
  const remembered = new LRUCache<string, VerifiedToken>({ max: maxRemembered });

  const sign = ({ sub, sid, tenant, username, roles }: TokenSubject): string => {
    const { kid, algorithm, privateKey } = keys.signingKey();
    const iat = Math.floor(clock() / 1000);
    const claims = {
      iss: issuer, aud: audience, sub, sid, jti: randomBytes(16).toString('base64url'), iat, exp: iat + lifetimeSeconds,
      tenant, orgId: tenant, username,
      ...(Buffer.byteLength(JSON.stringify(roles)) > maxRolesBytes ? { grants: 'session' } : { roles }),
    };
    const token = jwt.sign(claims, privateKey, { algorithm, header: { alg: algorithm, kid, typ } });
    if (token.length > maxTokenBytes) throw new Error(`The access token came out at ${token.length} bytes, over ${maxTokenBytes}.`);
    return token;
  };

  const recall = (token: string): VerifiedToken | undefined => {
    const known = remembered.get(token);
    return known && keys.verificationKey(known.key.kid)?.publicKey === known.key.publicKey ? known : undefined;
  };

  const verifyAnew = (token: string, now: number): VerifiedToken | 'token-malformed' | 'token-invalid' => {
    const parsed = parseCompact(token, maxTokenBytes);
    if (!parsed) return 'token-malformed';
    const key = keyOf(parsed, keys);
    if (!key) return 'token-invalid';
    const result = verifyParsed(parsed, { key: key.publicKey, algorithm: key.algorithm, typ });
    const claims = result.ok ? readClaims(result.payload, { issuer, audience, lifetimeSeconds, now }) : undefined;
    return claims ? { claims, key } : 'token-invalid';
  };

  const verify = (token: string): AccessTokenResult => {
    const now = clock() / 1000;
    const known = recall(token);
    const found = known ?? verifyAnew(token, now);
    if (typeof found === 'string') return { ok: false, code: found };
    if (now >= found.claims.exp) {
      remembered.delete(token);
      return { ok: false, code: 'token-expired' };
    }
    if (!known) remembered.set(token, found);
    return { ok: true, claims: found.claims };
  };

  return { sign, verify };
}

/** Our headers have three members; one with more, such as a key of its own, is not ours. */
function keyOf({ header }: ParsedJws, keys: TokenKeys): VerificationKey | undefined {
  const { kid } = header;
  const isOurs = Object.keys(header).every((member) => headerMembers.has(member));
  return isOurs && typeof kid === 'string' ? keys.verificationKey(kid) : undefined;
}
