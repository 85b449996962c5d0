/** The part of the options of lru-cache that bounds a cache. */
export interface CacheLimit {
  readonly maxSize: number;
  readonly sizeCalculation: () => number;
}

/**
 * Bounds a cache of lru-cache to this many entries; the least recently used one makes room.
 *
 * The cache grows as it fills. With the option `max` it would reserve memory for all entries at once: 4 ms and 1 MB for
 * 50,000 entries, in every process that starts.
 *
 * @example
 * const entries = new LRUCache<string, Caller>(cacheLimit(50_000));
 */
export function cacheLimit(entries: number): CacheLimit {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
