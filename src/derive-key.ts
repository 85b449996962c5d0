import { createSecretKey, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * Makes a key of 32 bytes for one purpose out of the server's key, by HKDF-SHA-256 (RFC 5869).
 *
 * Keys of different purposes tell nothing about each other. Example: `deriveKey(settings.keyEncryptionKey, 'refresh-tokens')`.
 */
export function deriveKey(key: KeyObject, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '', `gatehouse ${purpose}`, 32)));
}
