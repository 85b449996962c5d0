import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { encode, join } from '../../tokens/forge.ts';
import type { KeyPair } from '../../tokens/forge.ts';

export type Members = Readonly<Record<string, unknown>>;

/** A key of a provider, as it signs with it and publishes it. */
export interface ProviderKey extends KeyPair {
  readonly kid: string;
  readonly alg: string;
}

const curves = new Map([['ES256', 'P-256'], ['ES384', 'P-384'], ['ES512', 'P-521']]);

export function makeProviderKey(kid: string, alg: string, modulusLength = 2048): ProviderKey {
  const namedCurve = curves.get(alg);
  const pair = alg === 'EdDSA' ? generateKeyPairSync('ed25519')
    : namedCurve === undefined ? generateKeyPairSync('rsa', { modulusLength }) : generateKeyPairSync('ec', { namedCurve });
  return { kid, alg, ...pair };
}

export function publicJwk({ kid, alg, publicKey }: ProviderKey): Members {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

/** Signs by the algorithm, whatever the header says. Text is taken as it is. */
export function signToken(header: unknown, claims: unknown, { alg, privateKey }: Pick<ProviderKey, 'alg' | 'privateKey'>): string {
  const input = Buffer.from(`${encode(header)}.${encode(claims)}`);
  return join(header, claims, signatureOf(alg, input, privateKey));
}

function signatureOf(alg: string, input: Buffer, key: KeyObject): Buffer {
  const hash = `sha${alg.slice(2)}`;
  if (alg === 'EdDSA') return sign(null, input, key);
  if (alg.startsWith('ES')) return sign(hash, input, { key, dsaEncoding: 'ieee-p1363' });
  const isPss = alg.startsWith('PS');
  return sign(hash, input, isPss ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : key);
}

export function leftHalfOf(text: string, hash = 'sha256'): string {
  const digest = createHash(hash).update(text).digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
