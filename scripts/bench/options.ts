import { parseArgs } from 'node:util';
import { exit } from '../../src/process/exit-codes.ts';

/** An option of a benchmark: its default as text, and how to read a text. A `read` that fails throws exit code 64. */
export interface Option<T> {
  readonly type: 'string' | 'boolean';
  readonly default: string | boolean;
  readonly read: (name: string, value: string) => T;
}

export type OptionSpec = Readonly<Record<string, Option<unknown>>>;

export type OptionsOf<S extends OptionSpec> = { readonly [Name in keyof S]: S[Name] extends Option<infer T> ? T : never };

/** True if the option is given. */
export const flag: Option<boolean> = { type: 'boolean', default: false, read: (_name, value) => value === 'true' };

/** Any text. Empty by default. */
export const text: Option<string> = { type: 'string', default: '', read: (_name, value) => value };

/** A number above 0 and up to `most`. */
export function number(fallback: number, most: number): Option<number> {
  return { type: 'string', default: String(fallback), read: (name, text) => toNumber(/^\d+(\.\d+)?$/, name, text, most) };
}

/** A whole number above 0 and up to `most`. */
export function whole(fallback: number, most: number): Option<number> {
  return { ...number(fallback, most), read: (name, text) => toNumber(/^\d+$/, name, text, most) };
}

/** Whole numbers, separated by commas. */
export function wholes(fallback: readonly number[], most: number): Option<readonly number[]> {
  const { read } = whole(0, most);
  return { type: 'string', default: fallback.join(','), read: (name, text) => text.split(',').map((each) => read(name, each)) };
}

/** Reads options; refuses unknown ones and values that make no sense. Exit code 64. */
export function readOptions<S extends OptionSpec>(spec: S, args: readonly string[]): OptionsOf<S> {
  const values = parse(spec, args);
  const read = Object.entries(spec).map(([name, option]) => [name, option.read(name, String(values[name]))]);
  return Object.fromEntries(read) as OptionsOf<S>; // each value is what the option of that name reads
}

/** The options as usage text, as in "[--seconds 5] [--json]". */
export function describeOptions(spec: OptionSpec): string {
  const shown = ({ type, default: value }: Option<unknown>) => (type === 'string' ? ` ${String(value)}` : '');
  return Object.entries(spec).map(([name, option]) => `[--${name}${shown(option)}]`).join(' ');
}

function parse(options: OptionSpec, args: readonly string[]): Readonly<Record<string, unknown>> {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw exit('usage', error instanceof Error ? error.message : String(error), error);
  }
}

function toNumber(pattern: RegExp, name: string, text: string, most: number): number {
  const value = Number(text);
  if (pattern.test(text) && value > 0 && value <= most) return value;
  throw exit('usage', `--${name} is not a number above 0 and up to ${most}.`);
}
