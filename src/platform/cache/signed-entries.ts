import { timingSafeEqual } from 'node:crypto';
import type { KeyedDigest } from '../keyed-digest.ts';
import type { RedisStore } from './redis.store.ts';

/** Stores entries where others could change them. A read answers what was written under the same name, or nothing. */
export interface SignedEntries {
  /** The content of an entry; undefined if there is none that was signed for exactly this name. */
  read(name: readonly EntryPart[]): Promise<unknown>;
  /** Stores a JSON value for `milliseconds`. */
  write(name: readonly EntryPart[], content: unknown, milliseconds: number): Promise<void>;
}

/** A name is a list of parts, so that two different names never become the same text. */
export type EntryPart = string | number;

export interface SignedEntriesDeps {
  readonly store: Pick<RedisStore, 'get' | 'set'>;
  /** Must use a key that the store does not know. */
  readonly digest: KeyedDigest;
}

/** Maximum length of an entry, in characters. A larger one would delay the entries behind it. */
const maxLength = 1_000_000;

const signatureLength = 43;

/**
 * Creates the entries in a store that is trusted only to remove them in time.
 *
 * The key is an HMAC of the name and reveals nothing about it. Each entry begins with an HMAC of key and content, so an entry that
 * was changed, forged, or copied from another name is ignored. Everyone who can read the store can read the content.
 */
export function createSignedEntries({ store, digest }: SignedEntriesDeps): SignedEntries {
  const keyOf = (name: readonly EntryPart[]) => `gatehouse:${digest(`name ${JSON.stringify(name)}`)}`;
  const signatureOf = (key: string, text: string) => digest(`entry ${key} ${text}`);

  return {
    async read(name) {
      const key = keyOf(name);
      const entry = await store.get(key);
      if (entry === undefined || entry.length <= signatureLength || entry.length > maxLength) return undefined;
      const text = entry.slice(signatureLength);
      return isSame(entry.slice(0, signatureLength), signatureOf(key, text)) ? JSON.parse(text) as unknown : undefined;
    },
    async write(name, content, milliseconds) {
      const key = keyOf(name);
      const text = JSON.stringify(content);
      if (signatureLength + text.length <= maxLength) await store.set(key, `${signatureOf(key, text)}${text}`, milliseconds);
    },
  };
}

/** Compares two texts in a time that does not depend on where they differ. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
