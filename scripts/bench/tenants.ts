import { startTestMongo } from '../local-mongo.ts';
import { startChildServer } from './child-server.ts';
import type { ChildServer } from './child-server.ts';
import { median } from './load.ts';
import { describeMachine, parseOptions, reportProgress, toNumber } from './options.ts';
import type { BenchRun } from './options.ts';
import { kinds, measureKind } from './tenants/measure.ts';
import type { Kind, Latencies, Populated } from './tenants/measure.ts';
import type { PopulationSize } from './tenants/population.ts';

/** What it is compared with. */
const small: PopulationSize = { tenants: 1, users: 10, sessions: 20 };
/** How many times as long a request may take. */
const budget = 2;

interface Comparison {
  readonly kind: Kind;
  readonly small: Latencies;
  readonly large: Latencies;
  /** p50 of the large one to that of the small one. */
  readonly times: number;
  readonly met: boolean;
}

/** What `--json` prints. */
export interface TenantsReport {
  readonly run: BenchRun & { readonly small: PopulationSize; readonly large: PopulationSize };
  readonly comparisons: readonly Comparison[];
}

/**
 * `npm run bench -- tenants`: logins, gated requests and bulk checks with few tenants, users and sessions, and with many.
 *
 * Each is a server of its own on one database server; they take turns round by round. Progress goes to stderr.
 */
export async function benchTenants(args: string[]): Promise<void> {
  const { json, seconds, rounds, large } = readOptions(args);
  const mongo = await startTestMongo(process.env, reportProgress);
  const running: ChildServer<Populated>[] = [];
  try {
    for (const size of [small, large]) {
      const began = performance.now();
      running.push(await startChildServer(`${size.tenants} tenants`, new URL('./tenants/tenants.server.ts', import.meta.url), [mongo.uri, size.tenants, size.users, size.sessions].map(String)));
      reportProgress(`${size.tenants} tenants, ${size.users} users, ${size.sessions} sessions: ready after ${Math.round((performance.now() - began) / 1_000)} s`);
    }
    const comparisons = await compare(running, seconds, rounds);
    const run = { ...describeMachine(mongo.describe), seconds, rounds, small, large };
    console.log(json ? JSON.stringify({ run, comparisons } satisfies TenantsReport, null, 2) : printTable({ run, comparisons }));
  } finally {
    for (const server of running) await server.stop();
    await mongo.stop();
  }
}

async function compare([one, other]: readonly ChildServer<Populated>[], seconds: number, rounds: number): Promise<Comparison[]> {
  if (!one || !other) throw new Error('There are two to be compared.');
  const measured = new Map<Kind, { small: Latencies; large: Latencies }[]>();
  // Round 0 warms up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const kind of kinds) {
      const pair = { small: await measureKind(kind, one.ready, seconds), large: await measureKind(kind, other.ready, seconds) };
      if (round > 0) measured.set(kind, [...(measured.get(kind) ?? []), pair]);
    }
    reportProgress(`round ${round} of ${rounds}`);
  }
  return kinds.map((kind) => {
    const pairs = measured.get(kind) ?? [];
    const [few, many] = [overRounds(pairs.map((pair) => pair.small)), overRounds(pairs.map((pair) => pair.large))];
    const times = rounded(many.p50 / few.p50);
    return { kind, small: few, large: many, times, met: times <= budget };
  });
}

/** The medians of some rounds. */
function overRounds(rounds: readonly Latencies[]): Latencies {
  const middle = (pick: (each: Latencies) => number) => rounded(median(rounds.map(pick)));
  return { p50: middle(({ p50 }) => p50), p99: middle(({ p99 }) => p99), requests: rounds.reduce((sum, { requests }) => sum + requests, 0) };
}

function readOptions(args: string[]) {
  const values = parseOptions(args, {
    tenants: { type: 'string', default: '500' },
    users: { type: 'string', default: '50000' },
    sessions: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  });
  const whole = (name: 'tenants' | 'users' | 'sessions' | 'rounds', most: number) => toNumber(name, values[name], { most, isWhole: true });
  return {
    large: { tenants: whole('tenants', 10_000), users: whole('users', 10_000_000), sessions: whole('sessions', 10_000_000) },
    seconds: toNumber('seconds', values.seconds, { most: 600, isWhole: false }),
    rounds: whole('rounds', 100),
    json: values.json,
  };
}

function printTable({ run, comparisons }: TenantsReport): string {
  const describe = ({ tenants, users, sessions }: PopulationSize) => `${tenants} tenants, ${users} users, ${sessions} sessions`;
  const rows = comparisons.map(({ kind, small: few, large: many, times, met }) => (
    [kind, few.p50, few.p99, many.p50, many.p99, times].map(String).concat(met ? 'met' : 'NOT MET')));
  const table = [['', 'few p50', 'p99', 'many p50', 'p99', 'p50 times', `budget ${budget}`], ...rows];
  const widthOf = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0));
  return [
    `Few: ${describe(run.small)}. Many: ${describe(run.large)}.`,
    `One request after the other, each for another tenant; ms, medians of ${run.rounds} rounds of ${run.seconds} s. check: 100 in a call. Nothing is kept in memory.`,
    `Database: ${run.database}. ${run.cores} cores, ${run.processor}. Node ${run.node}, load from the same machine, passwords at cost 4.`,
    '',
    ...table.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widthOf(column)) : cell.padStart(widthOf(column)))).join('  ')),
  ].join('\n');
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
