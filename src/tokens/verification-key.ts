import { createPublicKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { JwsAlgorithm } from './compact-jws.ts';
import type { VerificationKey } from './verify-token.ts';

/** A public key of another issuer, with the algorithms that it may verify. */
export interface ForeignKey {
  readonly kid?: string;
  readonly algorithms: readonly JwsAlgorithm[];
  readonly publicKey: KeyObject;
}

/** The key type and curve of each algorithm (RFC 7518 section 3.1, RFC 8037 section 3.1). Of EdDSA, only Ed25519. */
const keyForms: Readonly<Record<JwsAlgorithm, { readonly kty: string; readonly crv?: string }>> = {
  ES256: { kty: 'EC', crv: 'P-256' }, ES384: { kty: 'EC', crv: 'P-384' }, ES512: { kty: 'EC', crv: 'P-521' },
  RS256: { kty: 'RSA' }, RS384: { kty: 'RSA' }, RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' }, PS384: { kty: 'RSA' }, PS512: { kty: 'RSA' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
};

/** Every algorithm with a public key. */
export const jwsAlgorithms = Object.keys(keyForms) as JwsAlgorithm[]; // the type of Object.keys is string[]

/** RSA keys in bits: shorter ones are weak (RFC 7518 section 3.3), and longer ones take too long. */
const rsaBits = { least: 2_048, most: 8_192 };

/**
 * Converts a public JWK (RFC 7517) to a key that verifies signatures of one algorithm, which its `alg` names.
 *
 * Returns undefined for a key without `kid` or `alg`, and in all cases of {@link importForeignKey}.
 */
export function importVerificationKey(jwk: JsonWebKey): VerificationKey | undefined {
  if (typeof jwk.kid !== 'string' || jwk.alg === undefined) return undefined;
  const { algorithms: [algorithm], publicKey } = importForeignKey(jwk, jwsAlgorithms) ?? { algorithms: [] };
  return algorithm && publicKey && { kid: jwk.kid, algorithm, publicKey };
}

/**
 * Converts a public JWK of another issuer. With `alg` it verifies this algorithm alone, without `alg` those that its type and curve
 * allow; in both cases only allowed ones.
 *
 * Returns undefined if no allowed algorithm fits, for a `use` other than "sig", for `key_ops` without "verify", for a `kid` that is
 * no text, for a private or symmetric key, and for RSA keys of less than 2,048 or more than 8,192 bits.
 */
export function importForeignKey(jwk: JsonWebKey, allowed: readonly JwsAlgorithm[]): ForeignKey | undefined {
  const { kid, alg, use, key_ops: operations } = jwk;
  if (jwk.d !== undefined || (kid !== undefined && typeof kid !== 'string')) return undefined;
  if (use !== undefined && use !== 'sig') return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return undefined;
  const algorithms = allowed.filter((algorithm) => (alg === undefined || alg === algorithm) && fits(jwk, algorithm));
  const publicKey = algorithms.length > 0 ? readPublicKey(jwk) : undefined;
  return publicKey && { ...(kid !== undefined && { kid }), algorithms, publicKey };
}

/**
 * Converts a public key in PEM, which has no `kid`: `PUBLIC KEY`, or the key of a `CERTIFICATE`. The dates of a certificate do not
 * count. Returns undefined in the same cases, and for anything else in the text, such as a private key.
 */
export function importPemKey(pem: string, allowed: readonly JwsAlgorithm[]): ForeignKey | undefined {
  if (!/^\s*-----BEGIN (PUBLIC KEY|CERTIFICATE)-----[A-Za-z\d+/=\s]+-----END \1-----\s*$/.test(pem)) return undefined;
  try {
    return importForeignKey(createPublicKey(pem).export({ format: 'jwk' }), allowed);
  } catch {
    return undefined;
  }
}

function fits(jwk: JsonWebKey, algorithm: JwsAlgorithm): boolean {
  const { kty, crv } = keyForms[algorithm];
  return jwk.kty === kty && (crv === undefined || jwk.crv === crv);
}

function readPublicKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    return bits === undefined || (bits >= rsaBits.least && bits <= rsaBits.most) ? key : undefined;
  } catch {
    return undefined;
  }
}
