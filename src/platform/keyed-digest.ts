import { createHmac, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** The keyed digest of a text: 43 characters of base64url, equal for equal texts. Without the key, it reveals nothing. */
export type KeyedDigest = (text: string) => string;

/**
 * Creates an HMAC-SHA-256 function for one purpose. Its key is derived from a secret of the server by HKDF (RFC 5869).
 *
 * Each purpose has its own key, so a digest of one purpose cannot be used for another.
 */
export function createKeyedDigest(secret: KeyObject, purpose: string): KeyedDigest {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `gatehouse ${purpose}`, 32));
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}
