import { createPublicKey } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import type { JwsAlgorithm } from './compact-jws.ts';
import type { VerificationKey } from './verify-token.ts';

/** The key type and curve of each algorithm (RFC 7518 section 3.1). */
const keyForms = new Map<string, { readonly kty: string; readonly crv?: string }>([
  ['ES256', { kty: 'EC', crv: 'P-256' }], ['ES384', { kty: 'EC', crv: 'P-384' }], ['ES512', { kty: 'EC', crv: 'P-521' }],
  ['RS256', { kty: 'RSA' }], ['RS384', { kty: 'RSA' }], ['RS512', { kty: 'RSA' }],
  ['PS256', { kty: 'RSA' }], ['PS384', { kty: 'RSA' }], ['PS512', { kty: 'RSA' }],
]);

/**
 * Converts a public JWK (RFC 7517) to a key that verifies signatures of one algorithm, which its `alg` names.
 *
 * Returns undefined for a key without `kid` or `alg`, for an algorithm that is unknown or does not fit the key type or curve, for a
 * `use` other than "sig", for `key_ops` without "verify", and for a private or symmetric key.
 */
export function importVerificationKey(jwk: JsonWebKey): VerificationKey | undefined {
  const { kid, alg, use, key_ops: operations } = jwk;
  if (typeof kid !== 'string' || typeof alg !== 'string' || jwk.d !== undefined) return undefined;
  const form = keyForms.get(alg);
  if (!form || jwk.kty !== form.kty || (form.crv !== undefined && jwk.crv !== form.crv)) return undefined;
  if (use !== undefined && use !== 'sig') return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return undefined;
  try {
    // The table contains only algorithms of this type.
    return { kid, algorithm: alg as JwsAlgorithm, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) };
  } catch {
    return undefined;
  }
}
