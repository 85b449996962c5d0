import { overRounds } from '../figures.ts';
import type { Figures, Summary } from '../figures.ts';
import { count, createTable, loadColumns } from '../report.ts';
import type { Budget, Report } from '../report.ts';
import type { ContestantName } from './contestant.ts';
import type { Shape } from './model.ts';

export type Way = 'one' | 'thousand' | 'thousandAlone' | 'thousandUsers';

export interface WayToAsk {
  readonly way: Way;
  readonly shape: Shape;
  /** In one call. */
  readonly checks: number;
  /** Whether one connection asks, instead of all. */
  readonly isAlone: boolean;
  readonly about: string;
}

export const ways: readonly WayToAsk[] = [
  { way: 'one', shape: 'one', checks: 1, isAlone: false, about: 'one a call' },
  { way: 'thousand', shape: 'ofOneUser', checks: 1_000, isAlone: false, about: '1,000 a call, about one user' },
  { way: 'thousandAlone', shape: 'ofOneUser', checks: 1_000, isAlone: true, about: 'the same, one call at a time' },
  { way: 'thousandUsers', shape: 'ofAllUsers', checks: 1_000, isAlone: true, about: '1,000 a call, about 1,000 users, one call at a time' },
];

/** The rounds of one contestant that was asked in one way. */
export interface Measured {
  readonly name: ContestantName;
  readonly way: WayToAsk;
  readonly results: readonly Figures[];
}

/** `perSecond` counts calls. */
export interface CheckRow extends Summary {
  readonly name: ContestantName;
  readonly way: Way;
  readonly about: string;
  readonly checksPerSecond: number;
}

interface CheckOptions {
  readonly connections: number;
  readonly workers: number;
}

/** Takes the medians of the rounds and compares them with the budgets. */
export function toReport({ connections, workers }: CheckOptions, measured: readonly Measured[]): Report {
  const rows = measured.map(({ name, way: { way, about, checks }, results }): CheckRow => {
    const summary = overRounds(results);
    return { name, way, about, ...summary, checksPerSecond: summary.perSecond * checks };
  });
  return {
    title: [
      `100 roles, 1,000 users, 100 kinds of resources; ${connections} keep-alive connections; Gatehouse in ${count(workers, 'worker')}.`,
    ],
    tables: [createTable('contestants', rows, [
      ['checks', ({ about }) => about], ['', ({ name }) => name],
      ...loadColumns('calls/s'),
      ['checks/s', ({ checksPerSecond }) => checksPerSecond],
    ], 2)],
    budgets: checkBudgets(rows),
    notes: ['Gatehouse keeps users in memory while they are proven to be current, a minute at most; the peers hold all in memory.'],
  };
}

function checkBudgets(rows: readonly CheckRow[]): Budget[] {
  const rowOf = (contestant: ContestantName, asked: Way) => rows.find(({ name, way }) => name === contestant && way === asked);
  const against = (way: Way, what: string, least: number, peer: ContestantName): Budget[] => {
    const [ours, theirs] = [rowOf('gatehouse', way), rowOf(peer, way)];
    if (!ours || !theirs) return [];
    const times = ours.checksPerSecond / theirs.checksPerSecond;
    const figures = { budget: `at least ${least} times`, measured: `${times.toFixed(2)} times`, met: times >= least };
    return [{ what: `${what}, against ${peer}`, ...figures }];
  };
  const alone = rowOf('gatehouse', 'thousandAlone')?.p50;
  return [
    ...against('one', 'one check a call', 2, 'opa'),
    ...against('one', 'one check a call', 3, 'openfga'),
    ...against('thousand', '1,000 checks a call', 6, 'opa'),
    ...against('thousand', '1,000 checks a call', 30, 'openfga'),
    ...against('thousandUsers', '1,000 checks a call, about 1,000 users', 6, 'opa'),
    ...against('thousandUsers', '1,000 checks a call, about 1,000 users', 30, 'openfga'),
    ...(alone === undefined ? [] : [
      { what: 'whole request of 1,000 checks, p50', budget: 'at most 25 ms', measured: `${alone.toFixed(1)} ms`, met: alone <= 25 },
    ]),
  ];
}
