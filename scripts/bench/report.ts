import type { Summary } from './figures.ts';

/** A limit, what was measured, and whether the limit is kept. */
export interface Budget {
  readonly what: string;
  readonly budget: string;
  readonly measured: string;
  readonly met: boolean;
}

/** A heading, and the cell below it for each row. */
export type Column<R> = readonly [heading: string, cell: (row: R) => string | number];

export interface Table {
  /** Under this name, `--json` prints the rows. */
  readonly name: string;
  readonly rows: readonly object[];
  /** The text of each cell, with the headings. */
  readonly cells: readonly (readonly string[])[];
  /** How many columns, from the first on, are aligned at the left. */
  readonly textColumns: number;
}

/** What a benchmark comes to. */
export interface Report {
  /** Conditions besides the options and the machine. */
  readonly conditions?: object;
  /** Figures that `--json` prints besides the tables. */
  readonly figures?: object;
  /** What was measured, in lines for people. */
  readonly title: readonly string[];
  readonly tables: readonly Table[];
  readonly budgets?: readonly Budget[];
  readonly notes?: readonly string[];
}

/** On what was measured, and how often. */
export interface Run {
  readonly database: string;
  readonly cores: number;
  readonly processor: string;
  readonly node: string;
  readonly rounds?: number;
  readonly seconds?: number;
}

export function createTable<R extends object>(name: string, rows: readonly R[], columns: readonly Column<R>[], textColumns = 1): Table {
  const cells = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, cell]) => String(cell(row))))];
  return { name, rows, cells, textColumns };
}

/** The columns of every table of loads; `perSecond` is the heading of the first. */
export function loadColumns(perSecond: string): readonly Column<Summary>[] {
  return [
    [perSecond, (row) => row.perSecond], ['slowest to fastest round', ({ spread }) => spread.join(' to ')],
    ['p50 ms', ({ p50 }) => p50.toFixed(1)], ['p99 ms', ({ p99 }) => p99.toFixed(1)],
  ];
}

/** What `--json` prints besides `run`: the rows of each table by its name, further figures, and the budgets. */
export function figuresOf({ tables, figures, budgets = [] }: Report): object {
  return { ...Object.fromEntries(tables.map(({ name, rows }) => [name, rows])), ...figures, budgets };
}

/** Renders a report for a terminal: title, conditions, tables, notes, budgets. */
export function printReport(run: Run, { title, tables, budgets = [], notes = [] }: Report): string {
  const columns: readonly Column<Budget>[] = [
    ['', ({ what }) => what], ['budget', ({ budget }) => budget],
    ['measured', ({ measured }) => measured], ['', ({ met }) => (met ? 'met' : 'NOT MET')],
  ];
  const parts = [
    [...title, ...describeRun(run)],
    ...tables.map(align),
    notes,
    budgets.length > 0 ? align(createTable('budgets', budgets, columns, 2)) : [],
  ];
  return parts.filter((part) => part.length > 0).map((part) => part.join('\n')).join('\n\n');
}

/** "1 round", "2 rounds". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function describeRun({ database, cores, processor, node, rounds, seconds }: Run): string[] {
  const length = seconds === undefined ? '' : ` of ${seconds} s`;
  return [
    ...(rounds === undefined ? [] : [`Medians of ${count(rounds, 'round')}${length}, by turns.`]),
    `Database: ${database}. ${cores} cores, ${processor}. Node ${node}, load from the same machine.`,
  ];
}

function align({ cells, textColumns }: Table): string[] {
  const widthOf = (column: number) => Math.max(...cells.map((row) => row[column]?.length ?? 0));
  const pad = (cell: string, column: number) => (column < textColumns ? cell.padEnd(widthOf(column)) : cell.padStart(widthOf(column)));
  return cells.map((row) => row.map(pad).join('  ').trimEnd());
}
