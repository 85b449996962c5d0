/** Counts what decisions compare: each pattern that they look at, and conditions by their weight. */
export interface Meter {
  comparisons: number;
}

/** How much a usual decision compares at most: one that compares more counts as several. */
export const usualComparisons = 10;

/** How many usual decisions those are that compared so much; one decision is never less than one. */
export function decisionsIn(comparisons: number): number {
  return Math.max(1, comparisons / usualComparisons);
}
