import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { GrantClaims } from '../engine/grants/token-grants.ts';
import type { AccessClaims, LoginClaims } from './access-claims.ts';
import type { JwsAlgorithm } from './compact-jws.ts';
import { createVerifyToken, maxTokenBytes, typ } from './verify-token.ts';
import type { VerificationKey, VerifyToken, VerifyTokenDeps } from './verify-token.ts';

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: Exclude<JwsAlgorithm, 'EdDSA'>; // jsonwebtoken does not know EdDSA
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
  /** Largest allowed difference between the clocks of issuer and verifier, in seconds. */
  readonly toleranceSeconds: number;
  /** If set, the claim `NAMESPACE/roles` repeats the roles. */
  readonly namespace?: string | null;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly onLookup?: VerifyTokenDeps['onLookup'];
}

/** The subject of a token with its claims. `roles` are the types of all roles: with inherited ones, but without those of memberships. */
export type TokenSubject = Readonly<Pick<AccessClaims, 'sub' | 'sid' | 'client_id' | 'tenant' | 'username'>> & LoginClaims & GrantClaims & {
  readonly roles: readonly string[];
  /** The latest end of the token, in ms since 1970. Infinity means that only its lifetime limits it. */
  readonly notAfter: number;
};

export interface SignedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

export interface AccessTokens {
  /**
   * Issues a token for `lifetimeSeconds`, or for less if `notAfter` is earlier.
   *
   * Throws an Error if the token is too long for `verify` even without roles and grants.
   */
  sign(subject: TokenSubject): SignedToken;
  readonly verify: VerifyToken;
}

/** Maximum size in bytes of permissions and policies together, and of the attributes of the subject, each as JSON. */
const maxGrantBytes = 4_096;
const maxAttributeBytes = 1_024;

/** Creates the functions that issue and verify access tokens of Gatehouse. */
export function createAccessTokens(
  { keys, issuer, audience, lifetimeSeconds, toleranceSeconds, namespace = null, clock, onLookup }: AccessTokenSettings,
): AccessTokens {
  const sign = (subject: TokenSubject): SignedToken => {
    const { sub, sid, client_id, acr, amr, auth_time, tenant, username, roles, permissions, policies, attributes, notAfter } = subject;
    const { kid, algorithm, privateKey } = keys.signingKey();
    const iat = Math.floor(clock() / 1000);
    // Times are whole seconds, so a token is valid for at least one second, even if `notAfter` is less than a second away.
    const exp = Math.max(iat + 1, Math.min(iat + lifetimeSeconds, Math.floor(notAfter / 1000)));
    const jti = randomBytes(16).toString('base64url');
    const about = {
      iss: issuer, aud: audience, sub, sid, ...(client_id !== undefined && { client_id }), jti, iat, exp,
      ...(exp < iat + lifetimeSeconds && { grants_exp: exp }), acr, amr, auth_time, tenant, orgId: tenant, username,
    };
    const ofRoles = { roles, ...(namespace !== null && { [`${namespace}/roles`]: roles }) };
    const ofGrants = { permissions, policies, ...(Object.keys(attributes).length > 0 && { attributes }) };
    const isSmall = bytesOf({ permissions, policies }) <= maxGrantBytes && bytesOf(attributes) <= maxAttributeBytes;

    // From the most complete version to the shortest. A version is signed only if the version before was too long.
    const versions = [
      ...(isSmall ? [{ ...about, ...ofRoles, ...ofGrants }] : []),
      { ...about, ...ofRoles, grants: 'session' },
      { ...about, grants: 'session' },
    ];
    for (const claims of versions) {
      const token = jwt.sign(claims, privateKey, { algorithm, header: { alg: algorithm, kid, typ } });
      if (token.length <= maxTokenBytes) return { token, expiresInSeconds: exp - iat };
    }
    throw new Error(`The access token is larger than ${maxTokenBytes} bytes.`);
  };

  const { verificationKey } = keys;
  return { sign, verify: createVerifyToken({ verificationKey, issuer, audience, lifetimeSeconds, toleranceSeconds, clock, onLookup }) };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
