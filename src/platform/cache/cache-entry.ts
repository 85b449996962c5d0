import type { ValidityToken } from './validity.ts';

/** When a cached value is valid. */
export interface CacheEntry {
  /** The tokens that were taken before the value was read. */
  readonly validity: readonly ValidityToken[];
  /** ms since 1970 */
  readonly expiresAt: number;
}

/** Maximum age of a cache entry, in ms. After this time, a node also sees what somebody changed in the database by hand. */
export const maxAge = 60_000;

export interface CacheEntryDeps {
  /** Whether the feed of changes is fresh at this moment, so that cache entries may be used. */
  readonly isFresh: () => boolean;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Says whether a cache entry is valid at this moment. Call it at the decision, not before. */
export type IsUsable = (entry: CacheEntry) => boolean;

/** Creates the rule for all cache entries: an entry is valid until it expires, while the feed is fresh and no change was about it. */
export function createIsUsable({ isFresh, clock }: CacheEntryDeps): IsUsable {
  return ({ validity, expiresAt }) => isFresh() && validity.every(({ isAlive }) => isAlive) && clock() < expiresAt;
}
