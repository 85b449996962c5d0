import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A secret that is stored encrypted, with AES-256-GCM (NIST SP 800-38D); each part is in base64url. */
export interface Sealed {
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const authTagLength = 16;

/**
 * Encrypts a secret for storage. The result is bound to its place, which names the collection, the id and the field, such as
 * `identityProviders:<_id>:clientSecret`: at another place it does not open. The place of a signing key is its `kid` alone.
 *
 * Throws unless `encryptionKey` is a secret key of 32 bytes. Each call uses a new random IV.
 */
export function seal(secret: Buffer, place: string, encryptionKey: KeyObject): Sealed {
  const iv = randomBytes(ivBytes);
  const encryption = createCipheriv(cipher, encryptionKey, iv, { authTagLength }).setAAD(Buffer.from(place));
  const data = Buffer.concat([encryption.update(secret), encryption.final()]);
  return { iv: iv.toString('base64url'), tag: encryption.getAuthTag().toString('base64url'), data: data.toString('base64url') };
}

/** Decrypts a secret. Throws if the encryption key or the place is another one, or if any part was changed or shortened. */
export function openSealed(sealed: Sealed, place: string, encryptionKey: KeyObject): Buffer {
  const iv = Buffer.from(sealed.iv, 'base64url');
  const decryption = createDecipheriv(cipher, encryptionKey, iv, { authTagLength }).setAAD(Buffer.from(place));
  // Because of authTagLength, a shorter tag, which would be easier to guess, is refused here.
  decryption.setAuthTag(Buffer.from(sealed.tag, 'base64url'));
  return Buffer.concat([decryption.update(Buffer.from(sealed.data, 'base64url')), decryption.final()]);
}
