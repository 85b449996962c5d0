import type { BenchRun } from './options.ts';

/** The lines that say how, on what and on which database was measured. */
export function describeRun({ database, cores, processor, node, rounds, seconds }: BenchRun): string[] {
  return [
    `Medians of ${rounds} round${rounds === 1 ? '' : 's'} of ${seconds} s, by turns.`,
    `Database: ${database}. ${cores} cores, ${processor}. Node ${node}, load from the same machine.`,
  ];
}

/** Pads the first columns at the end and the others at the start. */
export function align(rows: readonly (readonly string[])[], textColumns: number): string[] {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => row.map((cell, column) => (column < textColumns ? cell.padEnd(widthOf(column)) : cell.padStart(widthOf(column)))).join('  ').trimEnd());
}
