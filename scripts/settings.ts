/**
 * `npm run settings`: writes `.env.example` and the table of docs/operate/settings.md from the settings schema.
 *
 * With `--check` it writes nothing and exits with 1 if one of them differs. Works in the current folder.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { renderEnvExample, renderSettingsTable, replaceSettingsTable } from './settings-docs.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

function keepEqual(file: string, wanted: string): void {
  if (read(file) === wanted) return;
  if (values.check) {
    fail(`${file} differs from src/settings/settings.schema.ts: run "npm run settings".`);
  } else {
    writeFileSync(file, wanted);
    console.log(`${file} written.`);
  }
}

keepEqual('.env.example', renderEnvExample());

const file = 'docs/operate/settings.md';
const page = replaceSettingsTable(read(file), renderSettingsTable());
if (page !== undefined) keepEqual(file, page);
else fail(`${file} lacks its markers: put <!-- settings:begin --> and <!-- settings:end --> where the table belongs.`);
