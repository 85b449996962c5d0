import type { ValidityToken } from './validity.ts';

/** Something that was read, and what it counts by. */
export interface CacheEntry {
  /** Taken before it was read. */
  readonly validity: readonly ValidityToken[];
  /** ms since 1970 */
  readonly expiresAt: number;
}

/** How long something that was read is kept at most, in ms: what somebody changes in the database by hand counts after that. */
export const maxAge = 60_000;

export interface CacheEntryDeps {
  /** Whether what is in memory may count at this moment. */
  readonly isFresh: () => boolean;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Tells whether something that was read counts at this moment: ask it at the decision, not before. */
export type IsUsable = (entry: CacheEntry) => boolean;

/** Creates the one rule for what is in memory: it counts while the feed of changes is fresh, none of them was about it, and its time is not over. */
export function createIsUsable({ isFresh, clock }: CacheEntryDeps): IsUsable {
  return ({ validity, expiresAt }) => isFresh() && validity.every(({ isAlive }) => isAlive) && clock() < expiresAt;
}
