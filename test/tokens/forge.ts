import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { AccessTokenSettings, SigningKey, TokenKeys, TokenSubject } from '../../src/tokens/access-token.ts';
import type { VerificationKey } from '../../src/tokens/verify-token.ts';

/** Makes tokens that jsonwebtoken would not: any header, any payload, any signature. */

/** The instant at which all these tests happen, in seconds. */
export const now = 1_790_000_000;
export const issuer = 'https://gatehouse.test';
export const audience = 'gatehouse';
export const lifetimeSeconds = 6000;
export const toleranceSeconds = 60;

export const goodClaims = {
  iss: issuer, aud: audience, sub: 'user-1', sid: 'session-1', jti: 'token-1', iat: now, exp: now + lifetimeSeconds,
  acr: '1', amr: ['pwd'], auth_time: now - 60,
  tenant: 'default', orgId: 'default', username: 'ada', roles: ['user'], permissions: ['read:items'],
  policies: [{ effect: 'deny', actions: ['manage'], resources: ['items/7'] }],
};

/** Whom `goodClaims` are about. */
export const goodSubject: TokenSubject = {
  sub: 'user-1', sid: 'session-1', acr: '1', amr: ['pwd'], auth_time: now - 60,
  tenant: 'default', username: 'ada', roles: ['user'], permissions: ['read:items'],
  policies: [{ effect: 'deny', actions: ['manage'], resources: ['items/7'] }], attributes: {}, notAfter: Infinity,
};

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export function makeEcPair(namedCurve = 'P-256'): KeyPair {
  return generateKeyPairSync('ec', { namedCurve });
}

/** The keys in memory as the service keeps them; `drop` takes one out. */
export function keyRing(pairs: Readonly<Record<string, KeyPair>>): TokenKeys & { drop(kid: string): void } {
  const signing: SigningKey[] = [];
  const verification = new Map<string, VerificationKey>();
  for (const [kid, { privateKey, publicKey }] of Object.entries(pairs)) {
    signing.push({ kid, algorithm: 'ES256', privateKey });
    verification.set(kid, { kid, algorithm: 'ES256', publicKey });
  }
  return {
    signingKey: () => {
      const [first] = signing;
      if (!first) throw new Error('no key');
      return first;
    },
    verificationKey: (kid) => verification.get(kid),
    drop: (kid) => { verification.delete(kid); },
  };
}

export function settingsOf(keys: TokenKeys, changes: Partial<AccessTokenSettings> = {}): AccessTokenSettings {
  return { keys, issuer, audience, lifetimeSeconds, toleranceSeconds, clock: () => now * 1000, ...changes };
}

/** Text is taken as it is, so that a header or payload need not be what JSON.stringify would write. */
export function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

export function join(header: unknown, payload: unknown, signature: Uint8Array | string): string {
  const text = typeof signature === 'string' ? signature : Buffer.from(signature).toString('base64url');
  return `${encode(header)}.${encode(payload)}.${text}`;
}

export function forgeEc(header: unknown, payload: unknown, privateKey: KeyObject, hash = 'sha256'): string {
  const input = Buffer.from(`${encode(header)}.${encode(payload)}`);
  return join(header, payload, sign(hash, input, { key: privateKey, dsaEncoding: 'ieee-p1363' }));
}

export function forgeHmac(header: unknown, payload: unknown, secret: string | Uint8Array, hash = 'sha256'): string {
  return join(header, payload, createHmac(hash, secret).update(`${encode(header)}.${encode(payload)}`).digest());
}
