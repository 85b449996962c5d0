import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A private key, encrypted with AES-256-GCM (NIST SP 800-38D); each part is in base64url. */
export interface EncryptedPrivateKey {
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const authTagLength = 16;

/**
 * Encrypts a private key (PKCS #8, DER) for storage. The result is bound to its `kid`: under another `kid` it does not decrypt.
 *
 * Throws unless `encryptionKey` is a secret key of 32 bytes. Each call uses a new random IV.
 */
export function encryptPrivateKey(privateKey: Buffer, kid: string, encryptionKey: KeyObject): EncryptedPrivateKey {
  const iv = randomBytes(ivBytes);
  const encryption = createCipheriv(cipher, encryptionKey, iv, { authTagLength }).setAAD(Buffer.from(kid));
  const data = Buffer.concat([encryption.update(privateKey), encryption.final()]);
  return { iv: iv.toString('base64url'), tag: encryption.getAuthTag().toString('base64url'), data: data.toString('base64url') };
}

/** Decrypts a private key. Throws if the encryption key or the `kid` is another one, or if any part was changed or shortened. */
export function decryptPrivateKey(encrypted: EncryptedPrivateKey, kid: string, encryptionKey: KeyObject): Buffer {
  const iv = Buffer.from(encrypted.iv, 'base64url');
  const decryption = createDecipheriv(cipher, encryptionKey, iv, { authTagLength }).setAAD(Buffer.from(kid));
  // Because of authTagLength, a shorter tag, which would be easier to guess, is refused here.
  decryption.setAuthTag(Buffer.from(encrypted.tag, 'base64url'));
  return Buffer.concat([decryption.update(Buffer.from(encrypted.data, 'base64url')), decryption.final()]);
}
