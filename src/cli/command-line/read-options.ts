import { parseArgs } from 'node:util';
import { exit } from '../../process/exit-codes.ts';

type Options = Readonly<Record<string, { readonly type: 'boolean' | 'string'; readonly default?: boolean | string }>>;

type ValueOf<Type> = Type extends 'boolean' ? boolean : string;

/** The value of each option; undefined for one that is not given and has no default. */
type Values<T extends Options> = {
  readonly [Name in keyof T]: ValueOf<T[Name]['type']> | (T[Name] extends { readonly default: unknown } ? never : undefined);
};

/** Reads the first word, which is one of `commands` or absent, and the options; refuses anything else. Exit code 64. */
export function readCommand<const T extends Options, const C extends string>(
  commands: readonly C[], options: T, args: readonly string[],
): { readonly command: C | undefined; readonly options: Values<T> } {
  const [first, ...rest] = args;
  const command = commands.find((each) => each === first);
  if (command === undefined && first !== undefined && !first.startsWith('-')) {
    throw exit('usage', `There is no command "${first}". Commands: ${commands.join(', ')}.`);
  }
  return { command, options: readOptions(options, command === undefined ? args : rest) };
}

/** Reads the options of a command; refuses unknown ones, so that a misspelled `--dry-run` changes nothing. Exit code 64. */
export function readOptions<const T extends Options>(options: T, args: readonly string[]): Values<T> {
  try {
    const values: unknown = parseArgs({ options, args: withValues(options, args) }).values;
    return values as Values<T>; // what parseArgs has checked, in a type that has a name
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`).join(', ');
    throw exit('usage', `${error instanceof Error ? error.message : String(error)}. Options: ${known}.`, error);
  }
}

/** Joins an option with a value that begins with a dash, which parseArgs would read as an option: one in 64 key ids begins so. */
function withValues(options: Options, args: readonly string[]): string[] {
  const joined: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const [arg = '', next] = args.slice(at, at + 2);
    const takesNext = arg.startsWith('--') && options[arg.slice(2)]?.type === 'string' && next !== undefined && /^-[^-]/.test(next);
    joined.push(takesNext ? `${arg}=${next}` : arg);
    if (takesNext) at += 1;
  }
  return joined;
}
