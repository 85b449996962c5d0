import { digestOfMutant } from './mutant-record.ts';
import type { Mutant } from './mutation.types.ts';

/**
 * Puts mutants in an order that follows from the seed; of those that give the same text, one stays.
 *
 * The place of a mutant depends on the mutant alone: a change of another file leaves the order of the others as it was.
 */
export function drawMutants(mutants: readonly Mutant[], seed: number): Mutant[] {
  const distinct = new Map(mutants.map((mutant) => [digestOfMutant(mutant, seed), mutant]));
  return [...distinct].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, mutant]) => mutant);
}
