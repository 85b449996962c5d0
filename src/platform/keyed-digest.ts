import { createHmac, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A text in a form that tells nothing without the key: 43 characters of base64url, the same ones for the same text. */
export type KeyedDigest = (text: string) => string;

/**
 * Makes HMAC-SHA-256 under a key of its own for one purpose, derived from a server secret by HKDF (RFC 5869).
 *
 * Digests of one purpose say nothing about those of another, so none can be used in another's place.
 */
export function createKeyedDigest(secret: KeyObject, purpose: string): KeyedDigest {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `gatehouse ${purpose}`, 32));
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}
