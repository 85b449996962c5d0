import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareEnvironment } from '../../../src/cli/local/local-env.ts';

const names = ['MONGODB_URI', 'SMTP_URL', 'MAIL_FOLDER', 'NODE_ENV'] as const;
let folder = '';
let before: readonly (string | undefined)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-env-test-'));
  before = names.map((name) => process.env[name]);
});
afterEach(() => {
  names.forEach((name, at) => set(name, before[at]));
  rmSync(folder, { recursive: true });
});

function set(name: string, value: string | undefined): void {
  // An assigned undefined would read as the text "undefined".
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}

async function mailFolderWith(given: Partial<Record<typeof names[number], string>>): Promise<string | undefined> {
  for (const name of names) set(name, given[name]);
  set('MONGODB_URI', 'mongodb://127.0.0.1/unused');
  const { env } = await prepareEnvironment({ ephemeral: false, data: folder, log: () => undefined });
  return env['MAIL_FOLDER'];
}

describe('prepareEnvironment', () => {
  it.each([
    ['neither SMTP_URL nor MAIL_FOLDER', {}, 'the data folder'],
    ['SMTP_URL', { SMTP_URL: 'smtp://127.0.0.1' }, undefined],
    ['an empty SMTP_URL', { SMTP_URL: '' }, 'the data folder'],
    ['MAIL_FOLDER', { MAIL_FOLDER: '/elsewhere' }, '/elsewhere'],
    ['production', { NODE_ENV: 'production' }, undefined],
  ])('with %s, mail goes where it should', async (_what, given, wanted) => {
    expect(await mailFolderWith(given)).toBe(wanted === 'the data folder' ? join(folder, 'mails') : wanted);
  });
});
