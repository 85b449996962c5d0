import { readOptions } from '../../src/cli/command-line/read-options.ts';

/** What `npm run mutants` was told. */
export interface MutantOptions {
  /** Whose source files are changed. */
  readonly folders: readonly string[];
  /** The number of the draw: the same number and source, the same mutants. */
  readonly seed: number;
  /** How many mutants that the compiler accepts are drawn. */
  readonly count: number;
  /** Processor time that the tests of one mutant may take, in ms. */
  readonly budget: number;
}

const decisive = [
  'engine', 'gate', 'features/sessions', 'features/grants', 'features/tenants', 'features/decisions',
].map((folder) => `src/${folder}`);

/**
 * Reads `[FOLDER ...] [--seed NUMBER] [--count NUMBER] [--budget SECONDS]`; without folders, those that decide who may do what. Exit code
 * 64.
 */
export function readMutantOptions(args: readonly string[]): MutantOptions {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const folders = firstOption === -1 ? args : args.slice(0, firstOption);
  const { seed, count, budget } = readOptions({
    seed: { type: 'string', default: '1' }, count: { type: 'string', default: '300' }, budget: { type: 'string', default: '30' },
  }, firstOption === -1 ? [] : args.slice(firstOption));
  return {
    folders: folders.length === 0 ? decisive : folders.map((folder) => folder.replace(/\/$/, '')),
    seed: wholeNumber('seed', seed), count: wholeNumber('count', count), budget: wholeNumber('budget', budget) * 1_000,
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is "${text}". Cure: give it a whole number.`);
  return Number(text);
}
