import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../src/cli/commands.ts';
import { localFolders } from '../../src/cli/local/local-folders.ts';
import { exitCodes } from '../../src/process/exit-codes.ts';
import { packGatehouse, run } from '../readme/packed.ts';
import { startNode, startProgram } from '../readme/run-process.ts';
import type { Running } from '../readme/run-process.ts';

// A stranger's empty folder: the tarball, its peers, no development packages, and nothing of this project's.
describe('the program, installed from the tarball with --omit=dev', () => {
  let folder: string;
  const data = ['--data', 'data'];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-installed-'));
    const tarball = await packGatehouse(folder, { declarations: false });
    await writeFile(join(folder, 'package.json'), '{ "private": true }');
    await run('npm', ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', tarball], folder);
    // What a first start would install: half a minute of pip.
    await mkdir(join(folder, '.gatehouse'));
    await symlink(localFolders.cache, join(folder, '.gatehouse', 'cache'));
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

  const program = (name = 'express-gatehouse') => join('node_modules', '.bin', name);
  /** As a person starts it, through its link in node_modules/.bin. */
  const begin = (args: readonly string[], env: Readonly<Record<string, string>> = {}, name?: string): Running => (
    startProgram(join(folder, program(name)), args, { cwd: folder, env: { PORT: '0', LOG_LEVEL: 'silent', ...env } }));

  async function finish(...args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
    const running = begin(args);
    return { code: await running.ended(), text: running.output() };
  }

  it.each(['express-gatehouse', 'gatehouse'])('%s, its help lists every command and no npm script', async (name) => {
    const help = begin(['--help'], {}, name);
    expect(await help.ended()).toBe(0);
    for (const command of commands.keys()) expect(help.output()).toMatch(new RegExp(`^  ${command} +[A-Z].*\\.$`, 'm'));
    expect(help.output()).toContain('Usage: npx express-gatehouse COMMAND [options]');
    expect(help.output()).not.toContain('npm run');
    const version = begin(['--version'], {}, name);
    expect([await version.ended(), version.output()]).toEqual([0, '0.1.0\n']);
  }, 30_000);

  it.each([...commands.keys()])('%s, has a help, and refuses what it does not know with 64 and without a stack', async (command) => {
    const help = await finish(command, '--help');
    expect(help).toEqual({ code: 0, text: expect.stringContaining(`Usage: npx express-gatehouse ${command}`) as string });
    const refused = await finish(command, '--no-such-option');
    expect(refused.code).toBe(exitCodes.usage);
    expect(refused.text).not.toMatch(/^ {4}at |npm run|npm start/m);
  }, 60_000);

  it('no command and an unknown one, 64 and the commands that exist', async () => {
    for (const args of [[], ['turn']]) expect(await finish(...args)).toEqual(
      { code: exitCodes.usage, text: expect.stringMatching(/^(No command is given|There is no command "turn")\.[^]*\n {2}census /) as string },
    );
  }, 30_000);

  it('settings and census, need no database', async () => {
    expect(await finish('settings')).toEqual({ code: 0, text: expect.stringMatching(/^# The settings[^]*\n#LOG_LEVEL=info\n/) as string });
    expect(await finish('settings', '--write')).toEqual({ code: 0, text: '.env.example written.\n' });
    expect(await finish('settings', '--check')).toEqual({ code: 0, text: '' });
    expect(await finish('census')).toEqual({ code: 0, text: 'Routes and registered URLs agree.\n' });
  }, 60_000);

  it('db, runs a database that the other commands and a library user share, and hides its folder from Git', async () => {
    const db = begin(['db', ...data]);
    try {
      const [uri = ''] = await db.printed(/^mongodb:\/\/127\.0\.0\.1:\d+\/gatehouse\?replicaSet=\S+/m);
      expect(await readFile(join(folder, '.gatehouse', '.gitignore'), 'utf8')).toBe('*\n');
      const created = expect.stringMatching(/^created 4 roles, \d+ rights; 0 changed\n$/) as string;
      expect(await finish('seed', ...data)).toEqual({ code: 0, text: created });
      expect((await finish('keys', ...data)).text).toMatch(/^\S+ {2}signs since \S+\n$/);
      expect(await finish('addresses', ...data)).toMatchObject({ code: 0 });
      const moved = await finish('tenants', 'move', 'nobody', '--to', 'database', ...data);
      expect(moved).toEqual({ code: exitCodes.usage, text: 'There is no tenant nobody.\n' });
      expect((await finish('keys', '--revoke', 'x', ...data)).text).toContain('`npx express-gatehouse keys list` lists the keys.');
      for (const [file, text] of Object.entries({
        'library.mjs': "import { connect } from 'express-gatehouse';\n",
        'library.cjs': "const { connect } = require('express-gatehouse');\n",
      })) {
        await writeFile(join(folder, file), `${text}connect(process.env.MONGODB_URI).then(async (connection) => {
          console.log((await connection.listCollections()).some(({ name }) => name === 'roles'));
          await connection.close();
        });`);
        const flags = file.endsWith('.cjs') && !process.features.require_module ? ['--experimental-require-module', '--no-warnings'] : [];
        const library = startNode([...flags, file], { cwd: folder, env: { MONGODB_URI: uri } });
        expect([await library.ended(), library.output()]).toEqual([0, 'true\n']);
      }
    } finally {
      expect(await db.stop('SIGINT')).toBe(0);
    }
  }, 180_000);

  it('start, serves with a database of its own, and prints only commands that exist here', async () => {
    const start = begin(['start', ...data, '--workers', '1']);
    try {
      const [, origin = ''] = await start.printed(/listens on (\S+)/);
      await start.printed(/set-up .*\n/);
      expect((await fetch(`${origin}/readyz`)).status).toBe(200);
      expect(start.output()).not.toMatch(/npm run|npm start/);
      const link = await finish('seed', '--link', ...data);
      expect(link.text).toMatch(/\nhttp:\S+#token=\S+\n$/);
      const used = await fetch(`${origin}/users/set-up-superadmin`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ email: 'root@example.com', password: 'a long enough password', token: 'x'.repeat(43) }),
      });
      expect(await used.text()).toContain('npx express-gatehouse seed --link');
    } finally {
      expect(await start.stop('SIGINT')).toBe(0);
    }
  }, 180_000);

  it('source maps, as packed, hold the sources that they name', async () => {
    const map = JSON.parse(await readFile(join(folder, 'node_modules/express-gatehouse/dist/src/main.js.map'), 'utf8')) as {
      readonly sources: readonly string[]; readonly sourcesContent: readonly string[];
    };
    expect(map.sourcesContent[0]).toContain('export async function main(');
  });
});
