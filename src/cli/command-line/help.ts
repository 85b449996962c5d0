import { commandText } from '../../errors/command-text.ts';
import type { Command } from './command.ts';

/** The text of `--help` of one command. */
export function describeCommand(name: string, about: string, { usage, options }: Command): string {
  const rows = Object.entries(options).map(
    ([option, { value, about: text }]) => [`--${option}${value === undefined ? '' : ` ${value}`}`, text] as const,
  );
  const form = [usage, rows.length > 0 && '[options]'].filter(Boolean).join(' ');
  const lines = inColumns([...rows, ['--help', 'Print this text.']]);
  return [`Usage: ${commandText(name, form)}`, '', about, '', 'Options:', ...lines].join('\n');
}

/** The text of `--help` of the program. */
export function describeProgram(commands: ReadonlyMap<string, { readonly about: string }>): string {
  const rows = [...commands].map(([name, { about }]) => [name, about] as const);
  return [
    `Usage: ${commandText('COMMAND', '[options]')}`, '', 'Commands:', ...inColumns(rows), '',
    'Options:', ...inColumns([
      ['--help', 'Print this text, or the text of a command: COMMAND --help.'], ['--version', 'Print the version of Gatehouse.'],
    ]),
  ].join('\n');
}

function inColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([first]) => first.length)) + 2;
  return rows.map(([first, second]) => `  ${first.padEnd(width)}${second}`);
}
