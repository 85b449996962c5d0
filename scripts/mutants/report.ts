import type { EqualMutant } from './equal-mutants.ts';
import type { Mutant } from './mutation.types.ts';

/** What became of each mutant of a run. */
export interface TestedMutant {
  readonly mutant: Mutant;
  readonly outcome: {
    readonly kind: 'killed'; readonly testFile: string; readonly test: string;
  } | { readonly kind: 'survived' } | { readonly kind: 'equal'; readonly known: EqualMutant } | { readonly kind: 'refused' };
  /** In ms. */
  readonly took: number;
}

/** How many mutants of a folder ended in each way. */
export interface FolderCounts {
  readonly folder: string;
  readonly drawn: number;
  /** Those that the compiler accepts. */
  readonly viable: number;
  readonly killed: number;
  readonly survived: number;
  readonly equal: number;
}

/** Counts the mutants of each folder that was drawn from, and of all. */
export function countMutants(tested: readonly TestedMutant[], folders: readonly string[]): FolderCounts[] {
  const countsOf = (folder: string, mutants: readonly TestedMutant[]): FolderCounts => {
    const count = (kind: TestedMutant['outcome']['kind']) => mutants.filter(({ outcome }) => outcome.kind === kind).length;
    return { folder, drawn: mutants.length, viable: mutants.length - count('refused'), killed: count('killed'), survived: count(
      'survived',
    ), equal: count('equal') };
  };
  return [...folders.map(
    (folder) => countsOf(folder, tested.filter(({ mutant }) => mutant.file.startsWith(`${folder}/`))),
  ), countsOf('all', tested)];
}

export function describeCounts(counts: readonly FolderCounts[]): string[] {
  const row = (cells: readonly (string | number)[]) => cells.map(
    (cell, index) => (index === 0 ? String(cell).padEnd(24) : String(cell).padStart(9)),
  ).join('');
  return [row(['folder', 'drawn', 'viable', 'killed', 'survived', 'equal']), ...counts.map(
    ({ folder, drawn, viable, killed, survived, equal }) => row([folder, drawn, viable, killed, survived, equal]),
  )];
}

export function describeMutant({ file, line, change, before, after }: Mutant): string {
  return `${file}:${line} ${change}\n  - ${before}\n  + ${after}`;
}
