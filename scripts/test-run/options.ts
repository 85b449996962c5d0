import { randomInt } from 'node:crypto';

/** The arguments of `npm test`. */
export interface TestOptions {
  /** Files to run, as patterns of their paths; without patterns, all of the form. */
  readonly patterns: readonly string[];
  /** The number of a random order of files; undefined: the longest first. */
  readonly shuffle: number | undefined;
  /** Whether to record how long each file took, for the order of later runs. */
  readonly records: boolean;
  /** Everything after the first other option: options of jest. */
  readonly jest: readonly string[];
}

/**
 * Reads `[PATTERN ...] [--shuffle[=NUMBER]] [--record] [options of jest]`.
 *
 * Throws for a path after an option of jest, where it would choose no files.
 */
export function readTestOptions(args: readonly string[]): TestOptions {
  const ours = /^--(shuffle(=\d+)?|record)$/;
  const rest = args.filter((arg) => !ours.test(arg));
  const firstOption = rest.findIndex((arg) => arg.startsWith('-'));
  const misplaced = firstOption === -1 ? undefined : rest.slice(firstOption).find((arg) => /^(\.\/)?test\//.test(arg));
  if (misplaced !== undefined) throw new Error(`${misplaced} stands behind an option of jest. Cure: name the files first.`);
  const shuffle = args.find((arg) => arg.startsWith('--shuffle') && ours.test(arg));
  return {
    patterns: firstOption === -1 ? rest : rest.slice(0, firstOption),
    jest: firstOption === -1 ? [] : rest.slice(firstOption),
    shuffle: shuffle === undefined ? undefined : Number(shuffle.split('=')[1] ?? randomInt(2 ** 31)),
    records: args.includes('--record'),
  };
}
