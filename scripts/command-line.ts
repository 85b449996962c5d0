import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { exit } from '../src/exit.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads the options of a command; refuses unknown ones, so that a misspelled `--dry-run` changes nothing. Exit code 64. */
export function readOptions<const T extends Options>(options: T) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`).join(', ');
    throw exit('usage', `${error instanceof Error ? error.message : String(error)}. Options: ${known}.`, error);
  }
}
