import { overRounds } from '../figures.ts';
import type { Figures, Summary } from '../figures.ts';
import { count, createTable, loadColumns } from '../report.ts';
import type { Report } from '../report.ts';
import { url } from './route.ts';

/** What is compared, in the order in which they take turns. */
export const contestants = ['bare', 'headers', 'naive', 'gatehouse'] as const;
export type ContestantName = (typeof contestants)[number];

/** The rounds of one contestant with this number of sessions. */
export interface Measured {
  readonly name: ContestantName;
  readonly sessions: number;
  readonly results: readonly Figures[];
}

/** Several workers serve for bare Express and Gatehouse alone: there are no other rows then. */
export interface GateRow extends Summary {
  readonly name: ContestantName;
  readonly sessions: number;
  /** Its requests per second as a share of those of bare Express. */
  readonly ofBare: number;
}

interface GateOptions {
  readonly connections: number;
  readonly rights: number;
  readonly workers: number;
}

/** Takes the medians of the rounds and compares each contestant with bare Express. */
export function toReport({ connections, rights, workers }: GateOptions, measured: readonly Measured[]): Report {
  const summaries = measured.map(({ name, sessions, results }) => ({ name, sessions, ...overRounds(results) }));
  const rateOf = (wanted: ContestantName) => summaries.find(({ name }) => name === wanted)?.perSecond;
  const rows = summaries.map((each): GateRow => (
    { ...each, ofBare: Math.round((each.perSecond / (rateOf('bare') ?? NaN)) * 1_000) / 1_000 }));
  const against = (what: string, peer: ContestantName): string[] => {
    const rate = rateOf(peer);
    return rate === undefined ? [] : [`Gatehouse against ${what}: ${((rateOf('gatehouse') ?? NaN) / rate).toFixed(2)} times.`];
  };
  const naive = rateOf('naive') === undefined ? '' : 'The naive gate reads one document on each request; ';
  return {
    title: [`GET ${url}: ${connections} keep-alive connections, sessions with ${rights} rights, ${count(workers, 'worker')} each.`],
    tables: [createTable<GateRow>('contestants', rows, [
      ['', ({ name, sessions }) => `${name}${sessions > 1 ? `, ${sessions} sessions` : ''}`],
      ...loadColumns('requests/s'),
      ['of bare', ({ ofBare }) => ofBare.toFixed(3)],
    ])],
    notes: [
      ...against('the same headers without a gate', 'headers'),
      ...against('the naive gate', 'naive'),
      `${naive}Gatehouse keeps sessions in memory while they are proven to be current.`,
    ],
  };
}
