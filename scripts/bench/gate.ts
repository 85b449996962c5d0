import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { exit } from '../../src/exit.ts';
import { startTestMongo } from '../local-mongo.ts';
import { contestants, startContestant } from './gate/contestant.ts';
import type { Contestant, ContestantName } from './gate/contestant.ts';
import { payload, url } from './gate/route.ts';
import { median, measure } from './load.ts';
import type { Figures } from './load.ts';

/** What one contestant came to: medians over the rounds. */
export interface GateResult extends Figures {
  /** Its requests per second as a share of those of bare Express. */
  readonly ofBare: number;
}

/** What `--json` prints. */
export interface GateReport extends Record<ContestantName, GateResult> {
  readonly run: {
    readonly database: string;
    readonly cores: number;
    readonly processor: string;
    readonly node: string;
    readonly seconds: number;
    readonly rounds: number;
    readonly connections: number;
    readonly rights: number;
  };
}

/**
 * `npm run bench -- gate`: the same route behind nothing, behind a naive gate and behind Gatehouse.
 *
 * Each contestant is a process of its own, all on one database server; they take turns round by round, so that a slow
 * spell of the machine meets them all. Progress goes to stderr, the table or the JSON to stdout.
 */
export async function benchGate(args: string[]): Promise<void> {
  const options = readOptions(args);
  const mongo = await startTestMongo(process.env, say);
  const running: Contestant[] = [];
  try {
    for (const name of contestants) running.push(await startContestant(name, mongo.uri, options.rights));
    for (const contestant of running) await checkContestant(contestant);
    const figures = await takeTurns(running, options);
    const run = { database: mongo.describe, cores: cpus().length, processor: cpus()[0]?.model ?? 'unknown', node: process.version, ...withoutJson(options) };
    const report = toReport(run, figures);
    console.log(options.json ? JSON.stringify(report, null, 2) : printTable(report));
  } finally {
    for (const contestant of running) await contestant.stop();
    await mongo.stop();
  }
}

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly rights: number;
  readonly json: boolean;
}

function readOptions(args: string[]): Options {
  const values = parse(args);
  const number = (name: 'seconds' | 'rounds' | 'connections' | 'rights', from: number) => {
    const value = Number(values[name]);
    if (!(value >= from && value <= 9_000) || (name !== 'seconds' && !Number.isInteger(value))) throw exit('usage', `--${name} is not a number from ${from} to 9000.`);
    return value;
  };
  return { seconds: number('seconds', 0.1), rounds: number('rounds', 1), connections: number('connections', 1), rights: number('rights', 1), json: values.json };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        seconds: { type: 'string', default: '5' }, rounds: { type: 'string', default: '3' }, connections: { type: 'string', default: '10' },
        rights: { type: 'string', default: '100' }, json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw exit('usage', error instanceof Error ? error.message : String(error), error);
  }
}

/** What is compared must be the same: the payload to those who may, and 401 to those without a token. */
async function checkContestant({ name, origin, token }: Contestant): Promise<void> {
  const allowed = await fetch(`${origin}${url}`, { headers: { Authorization: `Bearer ${token}` } });
  if (allowed.status !== 200 || (await allowed.text()) !== JSON.stringify(payload)) throw new Error(`${name} does not answer the payload but ${allowed.status}.`);
  const refused = await fetch(`${origin}${url}`);
  if (name !== 'bare' && refused.status !== 401) throw new Error(`${name} answers ${refused.status} to a request without a token.`);
}

async function takeTurns(running: readonly Contestant[], { seconds, rounds, connections }: Options): Promise<Map<ContestantName, Figures[]>> {
  const figures = new Map<ContestantName, Figures[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, origin, token } of running) {
      // Round 0 warms up and is not counted.
      const measured = await measure({ url: `${origin}${url}`, token, seconds: round === 0 ? Math.min(1, seconds) : seconds, connections });
      if (round > 0) figures.set(name, [...(figures.get(name) ?? []), measured]);
      say(`round ${round} of ${rounds}: ${name} ${measured.requestsPerSecond} requests/s`);
    }
  }
  return figures;
}

function toReport(run: GateReport['run'], figures: ReadonlyMap<ContestantName, readonly Figures[]>): GateReport {
  const medians = (name: ContestantName): Figures => {
    const all = figures.get(name) ?? [];
    return { requestsPerSecond: median(all.map((each) => each.requestsPerSecond)), p50: median(all.map((each) => each.p50)), p99: median(all.map((each) => each.p99)) };
  };
  const bare = medians('bare');
  const result = (name: ContestantName): GateResult => {
    const own = medians(name);
    return { ...own, ofBare: Math.round((own.requestsPerSecond / bare.requestsPerSecond) * 1_000) / 1_000 };
  };
  return { run, bare: result('bare'), naive: result('naive'), gatehouse: result('gatehouse') };
}

function printTable({ run, ...results }: GateReport): string {
  const rows = contestants.map((name) => {
    const { requestsPerSecond, p50, p99, ofBare } = results[name];
    return [name, String(requestsPerSecond), p50.toFixed(1), p99.toFixed(1), ofBare.toFixed(3)];
  });
  const table = [['', 'requests/s', 'p50 ms', 'p99 ms', 'of bare'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return [
    `GET ${url}: ${run.connections} keep-alive connections, a session with ${run.rights} rights, medians of ${run.rounds} round${run.rounds === 1 ? '' : 's'} of ${run.seconds} s`,
    `Database: ${run.database}. ${run.cores} cores, ${run.processor}. Node ${run.node}, load from the same machine.`,
    '',
    ...table.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')),
    '',
    `Gatehouse against the naive gate: ${(results.gatehouse.requestsPerSecond / results.naive.requestsPerSecond).toFixed(2)} times.`,
    'The naive gate reads one document on each request; Gatehouse, in this version, reads session, user and tenant on each.',
  ].join('\n');
}

function withoutJson({ seconds, rounds, connections, rights }: Options): Omit<Options, 'json'> {
  return { seconds, rounds, connections, rights };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
