import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { startError } from '../../errors/errors.ts';
import { openSealed, seal } from '../../platform/sealed.ts';
import type { RingKey } from './key-ring.ts';
import type { PublishedJwk, SigningKeyRecord } from './signing-key.model.ts';
import { importVerificationKey } from '../../tokens/verification-key.ts';

/** Reads KEY_ENCRYPTION_KEY as a key. Throws unless it has 32 bytes. */
export function toSecretKey(key: KeyObject | Uint8Array): KeyObject {
  const secret = key instanceof Uint8Array ? createSecretKey(key) : key;
  if (secret.symmetricKeySize !== 32) throw new Error('KEY_ENCRYPTION_KEY must have 32 bytes.');
  return secret;
}

/** Creates a new key with an encrypted private key. Times are in ms since 1970. */
export async function makeRecord(
  secret: KeyObject, { number, signsFrom, now }: { readonly number: number; readonly signsFrom: number; readonly now: number },
): Promise<SigningKeyRecord> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = await publish(publicKey);
  const encryptedPrivateKey = seal(privateKey.export({ type: 'pkcs8', format: 'der' }), publicJwk.kid, secret);
  return {
    _id: publicJwk.kid, algorithm: 'ES256', publicJwk, encryptedPrivateKey, number,
    signsFrom: new Date(signsFrom), createdAt: new Date(now),
  };
}

/**
 * Decrypts a stored key. The public key is computed from the private key, and the stored public key must be equal: an attacker who can
 * only write to the database cannot add a key.
 *
 * Throws a StartError if the key does not decrypt, or is not the key that its `kid` names.
 */
export async function openRecord(record: SigningKeyRecord, secret: KeyObject): Promise<RingKey> {
  const kid = record._id;
  const privateKey = openPrivateKey(record, secret);
  const published = await publish(createPublicKey(privateKey));
  const verification = importVerificationKey({ ...published });
  const isItself = published.kid === kid && published.x === record.publicJwk.x && published.y === record.publicJwk.y;
  if (!verification || !isItself) throw startError(`The stored signing key ${kid} is not the key its id names: it was altered.`);
  return {
    signing: { kid, algorithm: published.alg, privateKey }, verification, published, signsFrom: record.signsFrom.getTime(),
  };
}

/** Lists every published member by name, so that no private member is ever published. */
async function publish(publicKey: KeyObject): Promise<PublishedJwk> {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const members = { kty: 'EC', crv: 'P-256', x, y } as const;
  return { ...members, kid: await calculateJwkThumbprint(members), alg: 'ES256', use: 'sig' };
}

function openPrivateKey({ _id: kid, encryptedPrivateKey }: SigningKeyRecord, secret: KeyObject): KeyObject {
  try {
    return createPrivateKey({ key: openSealed(encryptedPrivateKey, kid, secret), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw startError(`KEY_ENCRYPTION_KEY does not fit the stored signing key ${kid}: start with the one it was stored under.`, cause);
  }
}
