import { LRUCache } from 'lru-cache';
import { cacheLimit } from '../cache/cache-limit.ts';

/** What this node knows to be refused for now, so that a flood costs no database call. */
export interface LimitBlocks {
  /** How many ms a key is still refused; 0 if that is not known. */
  left(key: string): number;
  block(key: string, milliseconds: number): void;
  lift(key: string): void;
}

/** Not the library's own blocks: those can be neither lifted nor bounded in number. */
export function createLimitBlocks(max = 50_000): LimitBlocks {
  const ends = new LRUCache<string, number>(cacheLimit(max));
  return {
    left: (key) => Math.max(0, (ends.get(key) ?? 0) - Date.now()),
    block: (key, milliseconds) => void ends.set(key, Date.now() + milliseconds),
    lift: (key) => void ends.delete(key),
  };
}
