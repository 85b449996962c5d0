import { cpus } from 'node:os';
import { startTestMongo } from '../local-mongo.ts';
import { describeOptions, flag, readOptions } from './options.ts';
import type { OptionSpec, OptionsOf } from './options.ts';
import { figuresOf, printReport } from './report.ts';
import type { Report } from './report.ts';

export interface Benchmark {
  /** One line for people. */
  readonly about: string;
  /** Its options with their defaults, for people. */
  readonly options: string;
  /** Runs it and prints the report; exit code 64 for options that make no sense. */
  run(args: readonly string[]): Promise<void>;
}

interface Definition<S extends OptionSpec> {
  readonly about: string;
  readonly options: S;
  readonly usesDatabase?: boolean;
  readonly measure: (options: OptionsOf<S>, mongodbUri: string) => Promise<Report>;
}

/** Adds to a measurement what all benchmarks share: options, `--json`, the database server, and the printed report. */
export function defineBenchmark<S extends OptionSpec>({ about, options: spec, usesDatabase = true, measure }: Definition<S>): Benchmark {
  const all = { ...spec, json: flag };
  return {
    about,
    options: describeOptions(all),
    async run(args) {
      const { json, ...options }: Readonly<Record<string, unknown>> = readOptions(all, args);
      const mongo = usesDatabase ? await startTestMongo(process.env, reportProgress) : undefined;
      try {
        // Without `json`, they are what the spec says.
        const report = await measure(options as OptionsOf<S>, mongo?.uri ?? '');
        const run = { ...describeMachine(mongo?.describe ?? 'none, all in memory'), ...options, ...report.conditions };
        console.log(json === true ? JSON.stringify({ run, ...figuresOf(report) }, null, 2) : printReport(run, report));
      } finally {
        await mongo?.stop();
      }
    },
  };
}

/** Prints progress to stderr, so that stdout holds the figures alone. */
export function reportProgress(line: string): void {
  process.stderr.write(`${line}\n`);
}

interface Turn {
  /** For progress, as in "round 1 of 3". */
  readonly label: string;
  /** How long to measure. */
  readonly seconds: number;
}

interface Rounds {
  readonly rounds: number;
  readonly seconds?: number;
  /** How long the first turn lasts at most, in s. */
  readonly warmUp?: number;
}

/**
 * Measures all entrants in each round, so that a slow spell of the machine affects all of them; adds the results to each.
 *
 * A first turn of each warms up and does not count.
 */
export async function byTurns<E extends object, R>(
  entrants: readonly E[], { rounds, seconds = 0, warmUp = 1 }: Rounds, measure: (entrant: E, turn: Turn) => Promise<R> | R,
): Promise<(E & { readonly results: readonly R[] })[]> {
  const measured = entrants.map((entrant) => ({ ...entrant, results: new Array<R>() }));
  for (let round = 0; round <= rounds; round += 1) {
    const turn = round === 0
      ? { label: 'warm-up', seconds: Math.min(warmUp, seconds) }
      : { label: `round ${round} of ${rounds}`, seconds };
    for (const each of measured) {
      const result = await measure(each, turn);
      if (round > 0) each.results.push(result);
    }
    reportProgress(`${turn.label}: done`);
  }
  return measured;
}

function describeMachine(database: string) {
  return { database, cores: cpus().length, processor: cpus()[0]?.model ?? 'unknown', node: process.version };
}
