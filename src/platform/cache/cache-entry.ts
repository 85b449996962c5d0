import type { Mark } from './validity.ts';

/** Something that was read, and what it counts by. */
export interface Kept {
  /** Taken before it was read. */
  readonly marks: readonly Mark[];
  /** ms since 1970 */
  readonly keptUntil: number;
}

/** How long something that was read is kept at most, in ms: what somebody changes in the database by hand counts after that. */
export const keptFor = 60_000;

export interface KeptDeps {
  /** Whether what is in memory may count at this moment. */
  readonly isFresh: () => boolean;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Tells whether something that was read counts at this moment: ask it at the decision, not before. */
export type Counts = (kept: Kept) => boolean;

/** Makes the one rule for what is in memory: it counts while the feed of changes is fresh, none of them was about it, and its time is not over. */
export function createCounts({ isFresh, clock }: KeptDeps): Counts {
  return ({ marks, keptUntil }) => isFresh() && marks.every(({ isAlive }) => isAlive) && clock() < keptUntil;
}
