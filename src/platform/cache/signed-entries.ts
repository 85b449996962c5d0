import { timingSafeEqual } from 'node:crypto';
import type { KeyedDigest } from '../keyed-digest.ts';
import type { RedisStore } from './redis.store.ts';

/** What is kept where others could change it: what comes back is what was put under the same name, or nothing. */
export interface SignedEntries {
  /** What a name stands for; undefined where nothing is kept that was signed for exactly this name. */
  read(name: readonly EntryPart[]): Promise<unknown>;
  /** Keeps what JSON can hold for `milliseconds`. */
  write(name: readonly EntryPart[], content: unknown, milliseconds: number): Promise<void>;
}

/** Names are lists, so that no two of them run together into one text. */
export type EntryPart = string | number;

export interface SignedEntriesDeps {
  readonly store: Pick<RedisStore, 'get' | 'set'>;
  /** Under a key that the store does not know. */
  readonly digest: KeyedDigest;
}

/** Characters of the largest entry: a larger one would hold up those behind it. */
const maxLength = 1_000_000;

const signatureLength = 43;

/**
 * Keeps entries in a store that is trusted with nothing but time.
 *
 * The key is an HMAC of the name and tells nothing about it; each entry begins with an HMAC of key and content, so one that
 * was altered, made up, or copied from another name is none. Everyone who can read the store can read the content.
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

/** Takes the same time wherever they differ. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
