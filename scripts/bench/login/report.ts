import { overRounds, rounded } from '../figures.ts';
import type { Figures, Summary } from '../figures.ts';
import { count, createTable, loadColumns } from '../report.ts';
import type { Report } from '../report.ts';

/** Gated GETs are measured without logins (`quiet`) and beside them (`meanwhile`); hashes on one core. */
export type LoginRound = Readonly<Record<'login' | 'hashes' | 'quiet' | 'meanwhile', Figures>>;

export interface LoginRow extends Summary {
  readonly name: keyof LoginRound;
}

export interface LoginConditions {
  readonly clients: number;
  /** Of bcrypt. */
  readonly cost: number;
  /** In which the server hashes: one fewer than there are cores. */
  readonly threads: number;
}

const labels: Readonly<Record<keyof LoginRound, string>> = {
  login: 'logins', hashes: 'bare bcrypt hashes, one core', quiet: 'gated GET, no logins', meanwhile: 'gated GET, meanwhile',
};

/** Takes the medians of the rounds and compares logins with bare hashes. */
export function toReport({ clients, cost, threads }: LoginConditions, rounds: readonly LoginRound[]): Report {
  const summaryOf = (name: keyof LoginRound) => overRounds(rounds.map((round) => round[name]));
  const rows = (['login', 'hashes', 'quiet', 'meanwhile'] as const).map((name): LoginRow => ({ name, ...summaryOf(name) }));
  const ofHashes = rounded(summaryOf('login').perSecond / (summaryOf('hashes').perSecond * threads));
  return {
    conditions: { cost, threads },
    // Logins per second as a share of the hashes of as many cores as there are threads.
    figures: { ofHashes },
    title: [
      `Logins of ${clients} clients at bcrypt cost ${cost}, each client one after the other; gated GETs one after the other, with pauses.`,
    ],
    tables: [createTable<LoginRow>('loads', rows, [['', ({ name }) => labels[name]], ...loadColumns('per second')])],
    notes: [`The server hashes in ${count(threads, 'thread')}; logins against the bare hashes of as many cores: ${ofHashes.toFixed(2)}.`],
  };
}
