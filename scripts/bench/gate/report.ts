import { median } from '../load.ts';
import type { Figures } from '../load.ts';
import type { BenchRun } from '../options.ts';
import { align, describeRun } from '../table.ts';
import { contestants } from './contestant.ts';
import type { ContestantName } from './contestant.ts';
import { url } from './route.ts';

/** What one contestant came to: medians over the rounds. */
export interface GateResult extends Figures {
  /** Its requests per second as a share of those of bare Express. */
  readonly ofBare: number;
  /** Requests per second of the slowest and the fastest round. */
  readonly spread: readonly [number, number];
}

export interface GateRun extends BenchRun {
  readonly connections: number;
  readonly rights: number;
  readonly sessions: readonly number[];
  readonly workers: number;
}

/** What `--json` prints. */
export interface GateReport {
  readonly run: GateRun;
  readonly bare: GateResult;
  /** These two are absent with several workers. */
  readonly headers?: GateResult;
  readonly naive?: GateResult;
  /** With the first number of sessions. */
  readonly gatehouse: GateResult;
  /** With each of the other numbers; absent where there are none. */
  readonly gatehouseBySessions?: readonly (GateResult & { readonly sessions: number })[];
}

/** One turn of one contestant, with so many sessions. */
export interface Measured {
  readonly name: ContestantName;
  readonly sessions: number;
  readonly figures: Figures;
}

/** Takes the medians of the rounds and sets each contestant against bare Express. */
export function toReport(run: GateRun, measured: readonly Measured[]): GateReport {
  const roundsOf = (name: ContestantName, sessions: number) => measured.filter((each) => each.name === name && each.sessions === sessions).map(({ figures }) => figures);
  const bare = median(roundsOf('bare', 1).map((each) => each.requestsPerSecond));
  const result = (name: ContestantName, sessions = 1): GateResult => {
    const rounds = roundsOf(name, sessions);
    const rates = rounds.map((each) => each.requestsPerSecond);
    return {
      requestsPerSecond: median(rates),
      p50: median(rounds.map((each) => each.p50)),
      p99: median(rounds.map((each) => each.p99)),
      ofBare: Math.round((median(rates) / bare) * 1_000) / 1_000,
      spread: [Math.min(...rates), Math.max(...rates)],
    };
  };
  const [first, ...others] = run.sessions;
  return {
    run, bare: result('bare'),
    ...(roundsOf('headers', 1).length > 0 && { headers: result('headers') }), ...(roundsOf('naive', 1).length > 0 && { naive: result('naive') }),
    gatehouse: result('gatehouse', first),
    ...(others.length > 0 && { gatehouseBySessions: others.map((sessions) => ({ sessions, ...result('gatehouse', sessions) })) }),
  };
}

/** The report as a table for a terminal. */
export function printTable({ run, gatehouseBySessions = [], ...results }: GateReport): string {
  const row = (name: string, { requestsPerSecond, spread, p50, p99, ofBare }: GateResult) => (
    [name, String(requestsPerSecond), spread.join(' to '), p50.toFixed(1), p99.toFixed(1), ofBare.toFixed(3)]);
  const sessionsOf = (count = 1) => (count > 1 ? `, ${count} sessions` : '');
  const rows = contestants.flatMap((name) => {
    const result = results[name];
    return result ? [row(`${name}${name === 'gatehouse' ? sessionsOf(run.sessions[0]) : ''}`, result)] : [];
  });
  const { headers, naive, gatehouse } = results;
  return [
    `GET ${url}: ${run.connections} keep-alive connections, sessions with ${run.rights} rights, ${run.workers} worker${run.workers === 1 ? '' : 's'} each.`,
    ...describeRun(run),
    '',
    ...align([['', 'requests/s', 'slowest to fastest round', 'p50 ms', 'p99 ms', 'of bare'], ...rows, ...gatehouseBySessions.map((each) => row(`gatehouse${sessionsOf(each.sessions)}`, each))], 1),
    ...(headers ? ['', `Gatehouse against the same headers without a gate: ${(gatehouse.requestsPerSecond / headers.requestsPerSecond).toFixed(2)} times.`] : []),
    ...(naive ? [`Gatehouse against the naive gate: ${(gatehouse.requestsPerSecond / naive.requestsPerSecond).toFixed(2)} times.`] : []),
    `${naive ? 'The naive gate reads one document on each request; ' : ''}Gatehouse keeps sessions in memory, as long as they are proven to be current.`,
  ].join('\n');
}
