import { LRUCache } from 'lru-cache';
import { cacheLimit } from './cache-limit.ts';

/** Valid until the thing it stands for changes. A cache entry stores the token that was taken before the read. */
export interface ValidityToken {
  readonly isAlive: boolean;
}

/** The validity tokens of many things, by name. */
export interface Validity {
  /** The valid token of this name. Take it before the read. */
  current(name: string): ValidityToken;
  /** Ends the token of a thing that has changed. Everything that was read with this token, or is being read, becomes invalid. */
  invalidate(name: string): void;
  invalidateAll(): void;
}

/**
 * Creates validity tokens, of which at most `max` are valid. If there are more, the oldest ends, which costs only another read.
 *
 * If a change happens during a read, the token of the read has ended before the value is stored, so an old value is never used.
 * To check a token needs no lookup, and a change of a whole tenant ends only one token.
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
