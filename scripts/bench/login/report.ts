import { median } from '../load.ts';
import type { Figures } from '../load.ts';
import type { BenchRun } from '../options.ts';
import { align, describeRun } from '../table.ts';

export interface LoginRound {
  readonly hashesPerSecond: number;
  /** A gated GET without logins, */
  readonly quiet: Figures;
  readonly login: Figures;
  /** and beside them. */
  readonly meanwhile: Figures;
}

/** Medians over the rounds; latencies in ms. */
export interface LoginFigures {
  readonly perSecond: number;
  /** Per second, of the slowest and the fastest round. */
  readonly spread: readonly [number, number];
  readonly p50: number;
  readonly p99: number;
}

/** What `--json` prints. */
export interface LoginReport {
  readonly run: BenchRun & {
    readonly clients: number;
    readonly cost: number;
    /** In which the server hashes: one fewer than there are cores. */
    readonly threads: number;
  };
  readonly login: LoginFigures;
  /** Of one core. */
  readonly hashes: Pick<LoginFigures, 'perSecond' | 'spread'>;
  /** Logins per second as a share of the hashes of as many cores as there are threads. */
  readonly ofHashes: number;
  readonly gate: { readonly quiet: LoginFigures; readonly meanwhile: LoginFigures };
}

export function toReport(run: LoginReport['run'], rounds: readonly LoginRound[]): LoginReport {
  const rate = (values: readonly number[]): LoginReport['hashes'] => ({ perSecond: rounded(median(values)), spread: [rounded(Math.min(...values)), rounded(Math.max(...values))] });
  const figures = (pick: (round: LoginRound) => Figures): LoginFigures => {
    const each = rounds.map(pick);
    return { ...rate(each.map(({ requestsPerSecond }) => requestsPerSecond)), p50: rounded(median(each.map(({ p50 }) => p50))), p99: rounded(median(each.map(({ p99 }) => p99))) };
  };
  const login = figures((round) => round.login);
  const hashes = rate(rounds.map(({ hashesPerSecond }) => hashesPerSecond));
  return { run, login, hashes, ofHashes: rounded(login.perSecond / (hashes.perSecond * run.threads)), gate: { quiet: figures(({ quiet }) => quiet), meanwhile: figures(({ meanwhile }) => meanwhile) } };
}

/** The report as a table for a terminal. */
export function printTable({ run, login, hashes, ofHashes, gate }: LoginReport): string {
  const row = (name: string, { perSecond, spread, p50, p99 }: LoginFigures) => [name, perSecond.toFixed(1), spread.join(' to '), p50.toFixed(1), p99.toFixed(1)];
  return [
    `Logins of ${run.clients} clients at bcrypt cost ${run.cost}, each client one after the other; gated GETs one after the other, with pauses.`,
    ...describeRun(run),
    '',
    ...align([
      ['', 'per second', 'slowest to fastest round', 'p50 ms', 'p99 ms'],
      row('logins', login), ['bare bcrypt hashes, one core', hashes.perSecond.toFixed(1), hashes.spread.join(' to ')],
      row('gated GET, no logins', gate.quiet), row('gated GET, meanwhile', gate.meanwhile),
    ], 1),
    '',
    `The server hashes in ${run.threads} thread${run.threads === 1 ? '' : 's'}; logins against the bare hashes of as many cores: ${ofHashes.toFixed(2)}.`,
  ].join('\n');
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
