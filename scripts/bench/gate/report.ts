import { median, overRounds } from '../figures.ts';
import type { Figures, Summary } from '../figures.ts';
import { count, createTable, loadColumns } from '../report.ts';
import type { Budget, Report } from '../report.ts';
import { url } from './route.ts';

/**
 * What is compared, in the order in which they take turns. plain: Express on Node's server. bare: Express on the server of Gatehouse.
 * headers: bare with the headers of every answer. usual: the gate that people write.
 */
export const contestants = ['plain', 'bare', 'headers', 'usual', 'fastify', 'gatehouse'] as const;
export type ContestantName = (typeof contestants)[number];

/** Requests that Gatehouse refuses, by status and code. */
export type Refusal = '401 token-missing' | '401 token-malformed' | '403 right-missing' | '404 unknown-url';

/** One round: the processor time of the server for each request in us; null with several workers. */
export interface RoundFigures extends Figures {
  readonly microseconds: number | null;
}

/** The rounds of one row. */
export interface Measured {
  readonly name: ContestantName;
  readonly sessions: number;
  /** Null if the requests were allowed. */
  readonly refusal: Refusal | null;
  readonly results: readonly RoundFigures[];
}

/** Several workers serve for bare Express and Gatehouse alone: there are no other rows then. */
export interface GateRow extends Summary {
  readonly name: ContestantName;
  readonly sessions: number;
  readonly refusal: Refusal | null;
  readonly microseconds: number | null;
  /** Its requests per second as a share of those of plain Express, and of Express on the server of Gatehouse. */
  readonly ofPlain: number | null;
  readonly ofBare: number | null;
}

interface GateOptions {
  readonly connections: number;
  readonly rights: number;
  readonly workers: number;
  /** The version of the Node that ran the contestants. */
  readonly node: string;
}

/** The least shares of Gatehouse, by the major version of Node: of plain Express, of bare, and of Fastify. */
const budgets: Readonly<Record<string, readonly [number | null, number, number]>> = {
  20: [2, 0.76, 1], 22: [2, 0.72, 1], 24: [null, 0.68, 0.95],
};

/** Takes the medians of the rounds and compares the rows with plain and bare Express. */
export function toReport({ connections, rights, workers, node }: GateOptions, measured: readonly Measured[]): Report {
  const summaries = measured.map(({ name, sessions, refusal, results }) => {
    const times = results.flatMap(({ microseconds }) => microseconds ?? []);
    return { name, sessions, refusal, ...overRounds(results), microseconds: times.length > 0 ? Math.round(median(times) * 10) / 10 : null };
  });
  const rateOf = (wanted: ContestantName) => summaries.find(({ name, refusal }) => name === wanted && refusal === null)?.perSecond;
  const share = (rate: number | undefined, of: ContestantName): number | null => {
    const other = rateOf(of);
    return rate === undefined || other === undefined ? null : Math.round((rate / other) * 1_000) / 1_000;
  };
  const rows = summaries.map((each): GateRow => (
    { ...each, ofPlain: share(each.perSecond, 'plain'), ofBare: share(each.perSecond, 'bare') }));
  const label = ({ name, sessions, refusal }: GateRow) => [
    name, ...(sessions > 1 ? [`${sessions} sessions`] : []), ...(refusal === null ? [] : [refusal]),
  ].join(', ');
  return {
    conditions: { node },
    title: [`GET ${url}: ${connections} keep-alive connections, sessions with ${rights} rights, ${count(workers, 'worker')} each.`],
    tables: [createTable<GateRow>('contestants', rows, [
      ['', label],
      ...loadColumns('requests/s'),
      ['processor us', ({ microseconds }) => microseconds?.toFixed(1) ?? '-'],
      ['of plain', ({ ofPlain }) => ofPlain?.toFixed(3) ?? '-'],
      ['of bare', ({ ofBare }) => ofBare?.toFixed(3) ?? '-'],
    ])],
    budgets: workers > 1 ? [] : budgetsFor(rows, share, node),
    notes: [
      'plain is Express on Node\'s own server, bare is Express on the server of Gatehouse. Neither has a gate.',
      'Gatehouse keeps sessions in memory while they are proven to be current.',
    ],
  };
}

function budgetsFor(rows: readonly GateRow[], share: (rate: number, of: ContestantName) => number | null, node: string): Budget[] {
  const own = rows.find(({ name, refusal }) => name === 'gatehouse' && refusal === null);
  const [ofPlain, ofBare, ofFastify] = budgets[/^v(\d+)/.exec(node)?.[1] ?? ''] ?? [];
  const least = (of: ContestantName, what: string, budget: number | null | undefined): Budget[] => {
    const measured = own && share(own.perSecond, of);
    if (budget === null || budget === undefined || measured === undefined || measured === null) return [];
    return [{ what, budget: `at least ${budget.toFixed(2)}`, measured: measured.toFixed(3), met: measured >= budget }];
  };
  const refusals = rows.flatMap(({ refusal, microseconds }): Budget[] => {
    if (refusal === null || microseconds === null || own?.microseconds == null) return [];
    const limit = own.microseconds;
    return [{
      what: `processor time of ${refusal}`, budget: `at most ${limit.toFixed(1)} us`, measured: `${microseconds.toFixed(1)} us`,
      met: microseconds <= limit,
    }];
  });
  return [
    ...least('plain', 'throughput of plain Express', ofPlain), ...least('bare', 'of Express on the same server', ofBare),
    ...least('fastify', 'of Fastify with helmet and cached tokens', ofFastify), ...least('usual', 'of the gate that people write', 2),
    ...refusals,
  ];
}
