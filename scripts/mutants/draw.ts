import { shuffled } from '../test-run/lanes.ts';
import type { Mutant } from './mutation.types.ts';

/** Puts mutants in an order that follows from the seed; of those that give the same text, one stays. */
export function drawMutants(mutants: readonly Mutant[], seed: number): Mutant[] {
  const distinct = new Map(mutants.map((mutant) => [`${mutant.file}\n${mutant.text}`, mutant]));
  const numbered = new Map([...distinct.values()].map((mutant, index) => [String(index).padStart(8, '0'), mutant]));
  return shuffled([...numbered.keys()], seed).flatMap((number) => numbered.get(number) ?? []);
}
