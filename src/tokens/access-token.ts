import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { GrantClaims } from '../engine/grants/token-grants.ts';
import type { AccessClaims } from './access-claims.ts';
import type { JwsAlgorithm } from './compact-jws.ts';
import { createVerifyToken, maxTokenBytes, typ } from './verify-token.ts';
import type { VerificationKey, VerifyToken, VerifyTokenDeps } from './verify-token.ts';

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: JwsAlgorithm;
  readonly privateKey: KeyObject;
}

/** The keys in memory. */
export interface TokenKeys {
  signingKey(): SigningKey;
  verificationKey(kid: string): VerificationKey | undefined;
}

export interface AccessTokenSettings {
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
  /** By how much the clocks of those who sign and verify may differ. */
  readonly toleranceSeconds: number;
  /** Before `/roles` it names a claim that repeats the roles. */
  readonly namespace?: string | null;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly onLookup?: VerifyTokenDeps['onLookup'];
}

/** Whom a token is for, and what it says of them; `roles` are the types of all roles that count everywhere, with those they inherit. */
export type TokenSubject = Readonly<Pick<AccessClaims, 'sub' | 'sid' | 'client_id' | 'tenant' | 'username'>> & GrantClaims & {
  readonly roles: readonly string[];
  /** When the token must end at the latest, in ms since 1970; Infinity: by its lifetime alone. */
  readonly notAfter: number;
};

export interface SignedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

export interface AccessTokens {
  /**
   * Issues a token that lives `lifetimeSeconds`, or shorter where it must end before.
   *
   * Throws when it came out so long that `verify` would refuse it, whatever was left out of it.
   */
  sign(subject: TokenSubject): SignedToken;
  readonly verify: VerifyToken;
}

/** Most bytes of permissions and policies, and of the subject's attributes, as JSON. */
const maxGrantBytes = 4_096;
const maxAttributeBytes = 1_024;

/** Issues and verifies Gatehouse's access tokens. */
export function createAccessTokens({ keys, issuer, audience, lifetimeSeconds, toleranceSeconds, namespace = null, clock, onLookup }: AccessTokenSettings): AccessTokens {
  const sign = ({ sub, sid, client_id, tenant, username, roles, permissions, policies, attributes, notAfter }: TokenSubject): SignedToken => {
    const { kid, algorithm, privateKey } = keys.signingKey();
    const iat = Math.floor(clock() / 1000);
    // Times are whole seconds, and a token of none would be no token: where the end is less than a second away, it is passed by that much.
    const exp = Math.max(iat + 1, Math.min(iat + lifetimeSeconds, Math.floor(notAfter / 1000)));
    const about = { iss: issuer, aud: audience, sub, sid, ...(client_id !== undefined && { client_id }), jti: randomBytes(16).toString('base64url'), iat, exp, ...(exp < iat + lifetimeSeconds && { grants_exp: exp }), tenant, orgId: tenant, username };
    const ofRoles = { roles, ...(namespace !== null && { [`${namespace}/roles`]: roles }) };
    const ofGrants = { permissions, policies, ...(Object.keys(attributes).length > 0 && { attributes }) };
    const isSmall = bytesOf({ permissions, policies }) <= maxGrantBytes && bytesOf(attributes) <= maxAttributeBytes;

    // From the most that may be said to the least; each is signed only when the one before came out too long.
    const versions = [...(isSmall ? [{ ...about, ...ofRoles, ...ofGrants }] : []), { ...about, ...ofRoles, grants: 'session' }, { ...about, grants: 'session' }];
    for (const claims of versions) {
      const token = jwt.sign(claims, privateKey, { algorithm, header: { alg: algorithm, kid, typ } });
      if (token.length <= maxTokenBytes) return { token, expiresInSeconds: exp - iat };
    }
    throw new Error(`The access token came out over ${maxTokenBytes} bytes.`);
  };

  return { sign, verify: createVerifyToken({ verificationKey: keys.verificationKey, issuer, audience, lifetimeSeconds, toleranceSeconds, clock, onLookup }) };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
