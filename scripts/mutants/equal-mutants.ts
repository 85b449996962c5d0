import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../test-run/project.ts';
import type { Mutant } from './mutation.types.ts';

/** A mutant that no test can find. It is named by its text, so that it stays known when lines move. */
export interface EqualMutant extends Pick<Mutant, 'file' | 'before' | 'after'> {
  /** Why no input can tell it apart from the source. */
  readonly reason: string;
}

export function readEqualMutants(): EqualMutant[] {
  return JSON.parse(
    readFileSync(join(project, 'scripts/mutants/equal-mutants.json'), 'utf8'),
  ) as EqualMutant[]; // mutants.test.ts checks its form
}

export function equals(one: Pick<Mutant, 'file' | 'before' | 'after'>, other: Pick<Mutant, 'file' | 'before' | 'after'>): boolean {
  return one.file === other.file && one.before === other.before && one.after === other.after;
}
