import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderEnvExample, renderSettingsTable, replaceSettingsTable } from '../../src/cli/settings-docs.ts';
import { listSettings } from '../../src/settings/settings.schema.ts';
import { runsTypeScript } from '../support/typescript.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const markers = 'before\n<!-- settings:begin -->\nold\n<!-- settings:end -->\nafter\n';

describe('settings documents', () => {
  it('.env.example, as kept, is what the schema renders (else: npm run settings)', async () => {
    expect(await readFile(join(root, '.env.example'), 'utf8')).toBe(renderEnvExample());
  });

  it('docs/operate/settings.md, as kept, has the table that the schema renders between its markers (else: npm run settings)', async () => {
    const page = await readFile(join(root, 'docs/operate/settings.md'), 'utf8');
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

describe('the command settings', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-settings-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  function run(...options: string[]): Promise<{ code: number | null; text: string }> {
    return new Promise((resolve) => {
      const args = [...runsTypeScript, join(root, 'src/cli/cli.ts'), 'settings', ...options];
      const child = execFile(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH } }, (_, stdout, stderr) => {
        resolve({ code: child.exitCode, text: stdout + stderr });
      });
    });
  }

  it('written, then checked, then altered: exits with 0, 0 and 1', async () => {
    await writeFile(join(folder, 'README.md'), markers);
    expect(await run('--write', '--table', 'README.md')).toEqual({ code: 0, text: '.env.example written.\nREADME.md written.\n' });
    expect(await run('--check', '--table', 'README.md')).toEqual({ code: 0, text: '' });
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    await writeFile(join(folder, 'README.md'), readme.replace('6000', '7000'));
    expect(await run('--check', '--table', 'README.md')).toEqual(
      { code: 1, text: 'README.md differs from the settings of this version: run "npm run settings -- --table README.md".\n' },
    );
    await rm(join(folder, '.env.example'));
    expect(await run('--check')).toEqual(
      { code: 1, text: '.env.example differs from the settings of this version: run "npm run settings -- --write".\n' },
    );
  }, 20_000);

  it('without options, prints them and writes nothing', async () => {
    expect(await run()).toEqual({ code: 0, text: renderEnvExample() });
    expect(await readdir(folder)).toEqual([]);
  }, 20_000);

  it('a table without a README, writes .env.example, names the markers and exits with 1', async () => {
    const { code, text } = await run('--write', '--table', 'README.md');
    expect({ code, named: text.includes('<!-- settings:begin -->') }).toEqual({ code: 1, named: true });
    expect(await readFile(join(folder, '.env.example'), 'utf8')).toBe(renderEnvExample());
  }, 20_000);
});
