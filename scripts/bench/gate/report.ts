import { median } from '../load.ts';
import type { Figures } from '../load.ts';
import type { BenchRun } from '../options.ts';
import { contestants } from './contestant.ts';
import type { ContestantName } from './contestant.ts';
import { url } from './route.ts';

/** What one contestant came to: medians over the rounds. */
export interface GateResult extends Figures {
  /** Its requests per second as a share of those of bare Express. */
  readonly ofBare: number;
}

export interface GateRun extends BenchRun {
  readonly connections: number;
  readonly rights: number;
}

/** What `--json` prints. */
export interface GateReport extends Record<ContestantName, GateResult> {
  readonly run: GateRun;
}

/** Takes the medians of the rounds and sets each contestant against bare Express. */
export function toReport(run: GateRun, figures: ReadonlyMap<ContestantName, readonly Figures[]>): GateReport {
  const middle = (name: ContestantName, pick: (each: Figures) => number) => median((figures.get(name) ?? []).map(pick));
  const bare = middle('bare', (each) => each.requestsPerSecond);
  const result = (name: ContestantName): GateResult => {
    const requestsPerSecond = middle(name, (each) => each.requestsPerSecond);
    return {
      requestsPerSecond,
      p50: middle(name, (each) => each.p50),
      p99: middle(name, (each) => each.p99),
      ofBare: Math.round((requestsPerSecond / bare) * 1_000) / 1_000,
    };
  };
  return { run, bare: result('bare'), naive: result('naive'), gatehouse: result('gatehouse') };
}

/** The report as a table for a terminal. */
export function printTable({ run, ...results }: GateReport): string {
  const rows = contestants.map((name) => {
    const { requestsPerSecond, p50, p99, ofBare } = results[name];
    return [name, String(requestsPerSecond), p50.toFixed(1), p99.toFixed(1), ofBare.toFixed(3)];
  });
  const table = [['', 'requests/s', 'p50 ms', 'p99 ms', 'of bare'], ...rows];
  const widthOf = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0));
  const pad = (cell: string, column: number) => (column === 0 ? cell.padEnd(widthOf(column)) : cell.padStart(widthOf(column)));
  const rounds = `${run.rounds} round${run.rounds === 1 ? '' : 's'} of ${run.seconds} s`;
  return [
    `GET ${url}: ${run.connections} keep-alive connections, a session with ${run.rights} rights, medians of ${rounds}`,
    `Database: ${run.database}. ${run.cores} cores, ${run.processor}. Node ${run.node}, load from the same machine.`,
    '',
    ...table.map((row) => row.map(pad).join('  ')),
    '',
    `Gatehouse against the naive gate: ${(results.gatehouse.requestsPerSecond / results.naive.requestsPerSecond).toFixed(2)} times.`,
    'The naive gate reads one document on each request; Gatehouse keeps the session in memory, as long as it is proven to be current.',
  ].join('\n');
}
