import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { exit } from '../../src/process/exit-codes.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads the options of a benchmark; refuses unknown ones. Exit code 64. */
export function parseOptions<const T extends Options>(args: string[], options: T) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw exit('usage', error instanceof Error ? error.message : String(error), error);
  }
}

/** A number above 0 and up to `most`, whole or not. Exit code 64. */
export function toNumber(name: string, text: string, { most, isWhole }: { readonly most: number; readonly isWhole: boolean }): number {
  const value = Number(text);
  if (!(isWhole ? /^\d+$/ : /^\d+(\.\d+)?$/).test(text) || value <= 0 || value > most) throw exit('usage', `--${name} is not a number above 0 and up to ${most}.`);
  return value;
}

/** Progress goes to stderr, so that stdout holds the figures alone. */
export function reportProgress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Under which conditions was measured. */
export interface BenchRun {
  readonly database: string;
  readonly cores: number;
  readonly processor: string;
  readonly node: string;
  readonly seconds: number;
  readonly rounds: number;
}

/** The part of it that no option says. */
export function describeMachine(database: string): Pick<BenchRun, 'database' | 'cores' | 'processor' | 'node'> {
  const [processor] = cpus();
  return { database, cores: cpus().length, processor: processor?.model ?? 'unknown', node: process.version };
}
