import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { commandText } from '../errors/command-text.ts';
import type { Command, CommandOptions } from './command-line/command.ts';
import { readOptions } from './command-line/read-options.ts';
import { renderEnvExample, renderSettingsTable, replaceSettingsTable } from './settings-docs.ts';

const options = {
  write: { type: 'boolean', default: false, about: 'Write them to .env.example in this folder.' },
  table: { type: 'string', value: 'FILE', about: 'Also write their table between the markers of this Markdown file.' },
  check: { type: 'boolean', default: false, about: 'Write nothing; exit code 1 if one of these files differs.' },
} as const satisfies CommandOptions;

/** `settings`: prints every setting with its default and meaning, or keeps files equal to them. Works in the current folder. */
export const settingsCommand: Command = {
  options,
  run(args) {
    const { write, table, check } = readOptions(options, args);
    if (!write && !check && table === undefined) process.stdout.write(renderEnvExample());
    if (write || check) keepEqual('.env.example', renderEnvExample(), { check, cure: '--write' });
    if (table !== undefined) keepTable(table, check);
    return Promise.resolve();
  },
};

function keepTable(file: string, check: boolean): void {
  const wanted = replaceSettingsTable(read(file), renderSettingsTable());
  if (wanted !== undefined) keepEqual(file, wanted, { check, cure: `--table ${file}` });
  else fail(`${file} lacks its markers: put <!-- settings:begin --> and <!-- settings:end --> where the table belongs.`);
}

/** `cure`: the options that write this file. */
function keepEqual(file: string, wanted: string, { check, cure }: { readonly check: boolean; readonly cure: string }): void {
  if (read(file) === wanted) return;
  if (check) {
    fail(`${file} differs from the settings of this version: run "${commandText('settings', cure)}".`);
  } else {
    writeFileSync(file, wanted);
    console.log(`${file} written.`);
  }
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
