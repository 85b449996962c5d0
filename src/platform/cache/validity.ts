import { LRUCache } from 'lru-cache';
import { cacheLimit } from './cache-limit.ts';

/** Valid until the thing it stands for changes. A cache entry stores the token that was taken before the read. */
export interface ValidityToken {
  readonly isAlive: boolean;
}

/** The validity tokens of many things, by name. */
export interface Validity {
  /** The token that is alive now: take it before reading. */
  current(name: string): ValidityToken;
  /** What it stands for has changed: whatever was read under its token, or is being read, counts no longer. */
  invalidate(name: string): void;
  invalidateAll(): void;
}

/**
 * Creates validity tokens, of which at most `max` are alive; one that makes room ends, which costs a reading and nothing else.
 *
 * This is what keeps an old value from being kept for good: a reading that a change overtakes comes back under a token
 * that has ended. Asking a token costs no look-up, and a change of a whole tenant ends one.
 */
export function createValidity(max: number): Validity {
  const alive = new LRUCache<string, { isAlive: boolean }>({ ...cacheLimit(max), dispose: (token) => { token.isAlive = false; } });
  return {
    current(name) {
      const known = alive.get(name);
      if (known) return known;
      const token = { isAlive: true };
      alive.set(name, token);
      return token;
    },
    invalidate: (name) => void alive.delete(name),
    invalidateAll: () => { alive.clear(); },
  };
}
