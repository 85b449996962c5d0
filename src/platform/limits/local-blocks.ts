import { LRUCache } from 'lru-cache';
import { cacheLimit } from '../cache/cache-limit.ts';

/** The keys that this node refuses at the moment without a database call, so that a flood of requests costs little. */
export interface LimitBlocks {
  /** How long a key is still blocked, in ms; 0 if this node knows of no block. */
  left(key: string): number;
  block(key: string, milliseconds: number): void;
  lift(key: string): void;
}

/** Creates the blocks. Those of the library are not used, because they cannot be lifted, and their number has no limit. */
export function createLimitBlocks(max = 50_000): LimitBlocks {
  const ends = new LRUCache<string, number>(cacheLimit(max));
  return {
    left: (key) => Math.max(0, (ends.get(key) ?? 0) - Date.now()),
    block: (key, milliseconds) => void ends.set(key, Date.now() + milliseconds),
    lift: (key) => void ends.delete(key),
  };
}
