import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Sealed } from './provider.types.ts';

/** Encrypts texts for storage. Each is bound to its place: moved to another place, it does not open. */
export interface Sealing {
  seal(place: string, text: string): Sealed;
  /** Throws if the place or the key is another one, or if any part was changed. */
  open(place: string, sealed: Sealed): string;
}

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const authTagLength = 16;

/** Creates the sealing under KEY_ENCRYPTION_KEY: AES-256-GCM, a new random IV for each text, the place as additional data. */
export function createSealing(key: KeyObject): Sealing {
  return {
    seal(place, text) {
      const iv = randomBytes(ivBytes);
      const encryption = createCipheriv(cipher, key, iv, { authTagLength }).setAAD(Buffer.from(place));
      const data = Buffer.concat([encryption.update(text, 'utf8'), encryption.final()]);
      return { iv: iv.toString('base64url'), tag: encryption.getAuthTag().toString('base64url'), data: data.toString('base64url') };
    },
    open(place, { iv, tag, data }) {
      const decryption = createDecipheriv(cipher, key, Buffer.from(iv, 'base64url'), { authTagLength }).setAAD(Buffer.from(place));
      // Because of authTagLength, a shorter tag, which would be easier to guess, is refused here.
      decryption.setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decryption.update(Buffer.from(data, 'base64url')), decryption.final()]).toString('utf8');
    },
  };
}
