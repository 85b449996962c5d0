import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A private key under AES-256-GCM (NIST SP 800-38D); each part in base64url. */
export interface EncryptedPrivateKey {
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const authTagLength = 16;

/**
 * Encrypts a private key (PKCS #8, DER) for storage, bound to its `kid`: under another `kid` it does not decrypt.
 *
 * `encryptionKey` is a secret key of 32 bytes; others throw. Each call takes a fresh random IV.
 */
export function encryptPrivateKey(privateKey: Buffer, kid: string, encryptionKey: KeyObject): EncryptedPrivateKey {
  const iv = randomBytes(ivBytes);
  const encryption = createCipheriv(cipher, encryptionKey, iv, { authTagLength }).setAAD(Buffer.from(kid));
  const data = Buffer.concat([encryption.update(privateKey), encryption.final()]);
  return { iv: iv.toString('base64url'), tag: encryption.getAuthTag().toString('base64url'), data: data.toString('base64url') };
}

/** The reverse; throws when the encryption key or the `kid` is another one, or any part was altered or shortened. */
export function decryptPrivateKey(encrypted: EncryptedPrivateKey, kid: string, encryptionKey: KeyObject): Buffer {
  const iv = Buffer.from(encrypted.iv, 'base64url');
  const decryption = createDecipheriv(cipher, encryptionKey, iv, { authTagLength }).setAAD(Buffer.from(kid));
  // With authTagLength given, a shorter tag is refused here instead of being easier to guess.
  decryption.setAuthTag(Buffer.from(encrypted.tag, 'base64url'));
  return Buffer.concat([decryption.update(Buffer.from(encrypted.data, 'base64url')), decryption.final()]);
}
