/** Counts the comparisons of decisions: one for each pattern, and conditions by their weight. */
export interface Meter {
  comparisons: number;
}

/** The most comparisons of a usual decision. A decision with more counts as several. */
export const usualComparisons = 10;

/** Converts comparisons to a number of usual decisions, at least 1. */
export function decisionsIn(comparisons: number): number {
  return Math.max(1, comparisons / usualComparisons);
}
