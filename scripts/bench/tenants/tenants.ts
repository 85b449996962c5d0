import { byTurns, defineBenchmark, reportProgress } from '../benchmark.ts';
import { median, rounded } from '../figures.ts';
import { number, whole } from '../options.ts';
import { count, createTable } from '../report.ts';
import { startGatehouseServer } from '../servers/gatehouse-server.ts';
import type { GatehouseServer } from '../servers/gatehouse-server.ts';
import { kinds, measureLatencies, requestsOf } from './measure.ts';
import type { Kind, Latencies } from './measure.ts';
import { populate } from './population.ts';
import type { PopulationSize } from './population.ts';

/** The population that a large one is compared with. */
const small: PopulationSize = { tenants: 1, users: 10, sessions: 20 };
/** How many times as long a request may take with the large population. */
const budget = 2;
/**
 * Passwords are hashed at the lowest cost: at the default cost, the hash would take most of a login. Nothing stays in
 * memory, so that sessions in the database are measured: those in memory cost the same, however many there are.
 */
const settings = { PASSWORD_COST: '4', MAX_STALENESS: '0', LOG_LEVEL: 'error' };

/** A row of the report. */
export interface Comparison {
  readonly kind: Kind;
  readonly small: Latencies;
  readonly large: Latencies;
  /** How many times as long as with the small population p50 is with the large one. */
  readonly times: number;
}

/**
 * `npm run bench -- tenants`: logins, gated requests and bulk checks with few tenants, users and sessions, and with many.
 *
 * Each population has a server of its own, and both use one database server.
 */
export const tenantsBenchmark = defineBenchmark({
  about: 'logins, gated requests and checks with few tenants, users and sessions, and with many',
  options: {
    tenants: whole(500, 10_000), users: whole(50_000, 10_000_000), sessions: whole(100_000, 10_000_000),
    seconds: number(2, 600), rounds: whole(5, 100),
  },
  async measure({ tenants, users, sessions, seconds, rounds }, mongodbUri) {
    const large: PopulationSize = { tenants, users, sessions };
    const servers: GatehouseServer[] = [];
    const start = async (size: PopulationSize) => {
      const began = performance.now();
      const server = await startGatehouseServer(mongodbUri, 1, settings);
      servers.push(server);
      const members = await populate(server, size);
      reportProgress(`${describe(size)}: ready after ${Math.round((performance.now() - began) / 1_000)} s`);
      return (kind: Kind) => requestsOf(kind, server.origin, members);
    };
    try {
      const [few, many] = [await start(small), await start(large)];
      const entrants = kinds.map((kind) => ({ kind, few: few(kind), many: many(kind) }));
      const measured = await byTurns(entrants, { rounds, seconds, warmUp: seconds }, async (entrant) => (
        { small: await measureLatencies(entrant.few, seconds), large: await measureLatencies(entrant.many, seconds) }));
      const rows = measured.map(({ kind, results }) => compare(kind, results));
      return {
        conditions: { small, large },
        title: [
          `Few: ${describe(small)}. Many: ${describe(large)}.`,
          'One request after the other, each for another tenant; ms; check: 100 in a call.',
          'Nothing is kept in memory; passwords at cost 4.',
        ],
        tables: [createTable('comparisons', rows, [
          ['', ({ kind }) => kind],
          ['few p50', (row) => row.small.p50], ['p99', (row) => row.small.p99],
          ['many p50', (row) => row.large.p50], ['p99', (row) => row.large.p99],
          ['p50 times', ({ times }) => times],
        ])],
        budgets: rows.map(({ kind, times }) => ({
          what: `${kind}, p50 with many against few`, budget: `at most ${budget} times`, measured: `${times} times`, met: times <= budget,
        })),
      };
    } finally {
      for (const server of servers) await server.stop();
    }
  },
});

function compare(kind: Kind, rounds: readonly Pick<Comparison, 'small' | 'large'>[]): Comparison {
  const [few, many] = [overRounds(rounds.map((round) => round.small)), overRounds(rounds.map((round) => round.large))];
  return { kind, small: few, large: many, times: rounded(many.p50 / few.p50) };
}

/** The medians of some rounds. */
function overRounds(rounds: readonly Latencies[]): Latencies {
  const middle = (pick: (each: Latencies) => number) => rounded(median(rounds.map(pick)));
  const requests = rounds.reduce((sum, round) => sum + round.requests, 0);
  return { p50: middle(({ p50 }) => p50), p99: middle(({ p99 }) => p99), requests };
}

function describe({ tenants, users, sessions }: PopulationSize): string {
  return [count(tenants, 'tenant'), count(users, 'user'), count(sessions, 'session')].join(', ');
}
