import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderEnvExample, renderSettingsTable, replaceSettingsTable } from '../../scripts/settings-docs.ts';
import { listSettings } from '../../src/settings/settings.schema.ts';
import { runsTypeScript } from '../support/typescript.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const settingsPage = 'docs/operate/settings.md';
const markers = 'before\n<!-- settings:begin -->\nold\n<!-- settings:end -->\nafter\n';

describe('settings documents', () => {
  it('.env.example, as kept, is what the schema renders (else: npm run settings)', async () => {
    expect(await readFile(join(root, '.env.example'), 'utf8')).toBe(renderEnvExample());
  });

  it('docs/operate/settings.md, as kept, has the table that the schema renders between its markers (else: npm run settings)', async () => {
    const page = await readFile(join(root, settingsPage), 'utf8');
    expect(replaceSettingsTable(page, renderSettingsTable())).toBe(page);
  });

  it('.env.example and table, rendered, name every setting once and in order', () => {
    const names = listSettings().map(({ name }) => name);
    expect([...renderEnvExample().matchAll(/^#?([A-Z_]+)=/gm)].map((found) => found[1])).toEqual(names);
    expect([...renderSettingsTable().matchAll(/^\| `([A-Z_]+)` \|/gm)].map((found) => found[1])).toEqual(names);
  });

  it('a page without both markers once and in order, gives nothing', () => {
    const [begin, end] = ['<!-- settings:begin -->', '<!-- settings:end -->'];
    for (const page of ['', begin, end, `${end}${begin}`, `${begin}${end}${end}`, `${begin}${begin}${end}`]) {
      expect(replaceSettingsTable(page, 'table')).toBeUndefined();
    }
    expect(replaceSettingsTable(markers, 'table $1')).toBe('before\n<!-- settings:begin -->\ntable $1\n<!-- settings:end -->\nafter\n');
  });
});

describe('npm run settings', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-settings-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  function run(...options: string[]): Promise<{ code: number | null; text: string }> {
    return new Promise((resolve) => {
      const args = [...runsTypeScript, join(root, 'scripts/settings.ts'), ...options];
      const child = execFile(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH } }, (_, stdout, stderr) => {
        resolve({ code: child.exitCode, text: stdout + stderr });
      });
    });
  }

  it('written, then checked, then altered: exits with 0, 0 and 1', async () => {
    await mkdir(join(folder, 'docs/operate'), { recursive: true });
    await writeFile(join(folder, settingsPage), markers);
    expect(await run()).toMatchObject({ code: 0 });
    expect(await run('--check')).toEqual({ code: 0, text: '' });
    const page = await readFile(join(folder, settingsPage), 'utf8');
    await writeFile(join(folder, settingsPage), page.replace('6000', '7000'));
    expect(await run('--check'))
      .toEqual({ code: 1, text: `${settingsPage} differs from src/settings/settings.schema.ts: run "npm run settings".\n` });
  }, 20_000);

  it('without the page, writes .env.example, names the markers and exits with 1', async () => {
    const { code, text } = await run();
    expect({ code, named: text.includes('<!-- settings:begin -->') }).toEqual({ code: 1, named: true });
    expect(await readFile(join(folder, '.env.example'), 'utf8')).toBe(renderEnvExample());
  }, 20_000);
});
