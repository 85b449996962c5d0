import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One requirement of the table. */
export interface Row {
  /** As the standard writes it: V6.2.1. */
  readonly id: string;
  readonly level: string;
  readonly summary: string;
  readonly status: string;
  /** The tests of a tested requirement, or the reason of any other. */
  readonly remark: string;
}

export interface NamedTest {
  readonly file: string;
  /** All titles from the outermost describe to the it, joined by " > ". */
  readonly name: string;
}

const text = readFileSync(join(import.meta.dirname, 'asvs.md'), 'utf8');

/** The cells of every line of a Markdown table that begins with such a cell. */
function cellsOf(first: RegExp): string[][] {
  const lines = text.split('\n').map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
  return lines.filter(([head = '']) => first.test(head));
}

/** Every row of the table of requirements, in order. */
export function readRows(): Row[] {
  return cellsOf(/^V\d+\.\d+\.\d+$/).map(
    ([id = '', level = '', summary = '', status = '', ...rest]) => ({ id, level, summary, status, remark: rest.join(' | ') }),
  );
}

/** The counts at the top, as numbers: chapter (or "All") to requirements, tested, not applicable, gap. */
export function readCounts(): Record<string, number[]> {
  return Object.fromEntries(cellsOf(/^(?:V\d+|All)$/).map(([head = '', ...counts]) => [head, counts.map(Number)]));
}

/** The tests that a remark names, each as `file`: `describe > it`; and what else stands in it. */
export function readRemark(remark: string): { readonly tests: NamedTest[]; readonly rest: string } {
  const named = /`(test\/[\w./-]+)`: `([^`]+)`/g;
  const tests = [...remark.matchAll(named)].map(([, file = '', name = '']) => ({ file, name }));
  return { tests, rest: remark.replace(named, '').replace(/^[; ]+|[; ]+$/g, '') };
}
