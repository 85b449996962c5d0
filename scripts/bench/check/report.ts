import { median } from '../load.ts';
import type { Figures } from '../load.ts';
import type { BenchRun } from '../options.ts';
import { align, describeRun } from '../table.ts';
import { contestantNames } from './contestant.ts';
import type { ContestantName } from './contestant.ts';
import type { Shape } from './model.ts';

/** How it is asked: by all connections, or alone by one. */
export const ways: readonly { readonly way: Way; readonly shape: Shape; readonly checks: number; readonly isAlone: boolean; readonly about: string }[] = [
  { way: 'one', shape: 'one', checks: 1, isAlone: false, about: 'one a call' },
  { way: 'thousand', shape: 'ofOneUser', checks: 1_000, isAlone: false, about: '1,000 a call, about one user' },
  { way: 'thousandAlone', shape: 'ofOneUser', checks: 1_000, isAlone: true, about: 'the same, one call at a time' },
  { way: 'thousandUsers', shape: 'ofAllUsers', checks: 1_000, isAlone: true, about: '1,000 a call, about 1,000 users, one call at a time' },
];
export type Way = 'one' | 'thousand' | 'thousandAlone' | 'thousandUsers';

/** One turn of one contestant. */
export interface Measured {
  readonly name: ContestantName;
  readonly way: Way;
  readonly figures: Figures;
}

/** Medians over the rounds; latencies in ms. */
export interface CheckResult {
  readonly callsPerSecond: number;
  readonly checksPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Calls per second of the slowest and the fastest round. */
  readonly spread: readonly [number, number];
}

export interface CheckBudget {
  readonly what: string;
  readonly budget: string;
  readonly measured: string;
  readonly met: boolean;
}

/** What `--json` prints; null: it was left out. */
export interface CheckReport extends Record<Way, Record<ContestantName, CheckResult | null>> {
  readonly run: BenchRun & { readonly connections: number; readonly workers: number };
  readonly budgets: readonly CheckBudget[];
}

/** Takes the medians of the rounds and holds them against the budgets. */
export function toReport(run: CheckReport['run'], measured: readonly Measured[]): CheckReport {
  const resultOf = (name: ContestantName, way: Way, checks: number): CheckResult | null => {
    const rounds = measured.filter((each) => each.name === name && each.way === way).map(({ figures }) => figures);
    if (rounds.length === 0) return null;
    const calls = rounds.map(({ requestsPerSecond }) => requestsPerSecond);
    return {
      callsPerSecond: median(calls), checksPerSecond: median(calls) * checks, p50: median(rounds.map(({ p50 }) => p50)), p99: median(rounds.map(({ p99 }) => p99)),
      spread: [Math.min(...calls), Math.max(...calls)],
    };
  };
  // As the keys of both lists are all that these types name.
  const results = Object.fromEntries(ways.map(({ way, checks }) => [
    way, Object.fromEntries(contestantNames.map((name) => [name, resultOf(name, way, checks)])),
  ])) as Record<Way, Record<ContestantName, CheckResult | null>>;
  return { run, ...results, budgets: checkBudgets(results) };
}

function checkBudgets(results: Record<Way, Record<ContestantName, CheckResult | null>>): CheckBudget[] {
  const against = (way: Way, what: string, least: number, peers: readonly ('opa' | 'openfga')[] = ['opa', 'openfga']): CheckBudget[] => peers.flatMap((peer) => {
    const [ours, theirs] = [results[way].gatehouse, results[way][peer]];
    if (!ours || !theirs) return [];
    const times = ours.checksPerSecond / theirs.checksPerSecond;
    return [{ what: `${what}, against ${peer}`, budget: `at least ${least} times`, measured: `${times.toFixed(2)} times`, met: times >= least }];
  });
  const alone = results.thousandAlone.gatehouse;
  return [
    ...against('one', 'one check a call', 1, ['openfga']),
    ...against('thousand', '1,000 checks a call', 20),
    ...against('thousandUsers', '1,000 checks a call, about 1,000 users', 20),
    ...(alone ? [{ what: 'whole request of 1,000 checks, p50', budget: 'at most 25 ms', measured: `${alone.p50.toFixed(1)} ms`, met: alone.p50 <= 25 }] : []),
  ];
}

/** The report as tables for a terminal. */
export function printTable({ run, budgets, ...results }: CheckReport): string {
  const rows = ways.flatMap(({ way, about }) => contestantNames.flatMap((name) => {
    const result = results[way][name];
    if (!result) return [];
    const { callsPerSecond, checksPerSecond, p50, p99, spread } = result;
    return [[about, name, String(callsPerSecond), spread.join(' to '), String(checksPerSecond), p50.toFixed(1), p99.toFixed(1)]];
  }));
  return [
    `100 roles, 1,000 users, 100 kinds of resources; ${run.connections} keep-alive connections; Gatehouse in ${run.workers} worker${run.workers === 1 ? '' : 's'}.`,
    ...describeRun(run),
    '',
    ...align([['checks', '', 'calls/s', 'slowest to fastest round', 'checks/s', 'p50 ms', 'p99 ms'], ...rows], 2),
    '',
    ...align([['budget', '', 'measured', ''], ...budgets.map(({ what, budget, measured, met }) => [what, budget, measured, met ? 'met' : 'NOT MET'])], 2),
    '',
    'Gatehouse keeps users in memory for as long as they are proven to be current, a minute at most; the peers hold all in memory.',
  ].join('\n');
}
