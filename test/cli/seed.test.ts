import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import type { TestDatabase } from '../support/gatehouse/database.ts';
import { createProcesses } from '../support/processes.ts';
import type { Finished } from '../support/processes.ts';
import { readSeededContent } from '../support/seeded-content.ts';
import { testSettings } from '../support/test-settings.ts';

const processes = createProcesses();
let database: TestDatabase;
beforeEach(async () => { database = await createDatabase(); });
const secrets = { KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64') };
const credentials = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' };

function seed(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return processes.run('src/cli/cli.ts', ['seed', '--data', join(processes.folder, 'data'), ...args], {
    env: { MONGODB_URI: database.uri, PASSWORD_COST: '4', ...secrets, ...env },
  });
}

function expectPrinted(finished: Finished, line: RegExp): void {
  expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code: 0, stderr: '' });
  expect(finished.stdout).toMatch(line);
}

describe('npm run seed', () => {
  it('--dry-run, a real run and --dry-run again, lists everything, seeds everything, finds nothing to do', async () => {
    expectPrinted(await seed(['--dry-run']), /^would have created 4 roles, \d+ rights; 0 changed\n$/);
    expect(await database.connection.listCollections()).toEqual([]);
    expectPrinted(await seed(), /^created 4 roles, \d+ rights; 0 changed\n$/);
    const content = await readSeededContent(database.connection);
    expectPrinted(await seed(['--dry-run']), /^would have created 0 roles, 0 rights; 0 changed\n$/);
    expect(await readSeededContent(database.connection)).toEqual(content);
  }, 30_000);

  it('SUPERADMIN_EMAIL and SUPERADMIN_PASSWORD, make that user once and change none that exists; then --link gives no link', async () => {
    expect((await seed([], credentials)).code).toBe(0);
    const again = await seed(['--link'], { SUPERADMIN_EMAIL: 'other@example.com', SUPERADMIN_PASSWORD: 'another long password' });
    expect(again.stdout)
      .toBe('created 0 roles, 0 rights; 0 changed\nA superadmin has a password already, so no set-up link was created.\n');
    const { anonymous, close } = await startGatehouse({ database, logsIn: false, settings: testSettings(secrets) });
    const logIn = async (email: string, password: string) => (await anonymous.post('/users/login', { email, password })).status;
    expect(await logIn(credentials.SUPERADMIN_EMAIL, credentials.SUPERADMIN_PASSWORD)).toBe(200);
    expect(await logIn('other@example.com', 'another long password')).toBe(401);
    await close();
  }, 30_000);

  it('--link with --dry-run, 64 and nothing is done', async () => {
    const finished = await seed(['--link', '--dry-run']);
    expect(finished).toMatchObject({ code: 64, stdout: '' });
    expect(finished.stderr).toContain('--link does not go with --dry-run');
    expect(await database.connection.listCollections()).toEqual([]);
  }, 30_000);

  it('a database that does not answer, 69 with one line', async () => {
    const finished = await seed([], { MONGODB_URI: 'mongodb://127.0.0.1:1/gatehouse' });
    expect(finished).toMatchObject({ code: 69, stdout: '' });
    expect(finished.stderr).toMatch(/^The database of MONGODB_URI .*\n$/);
  }, 30_000);
});

describe('npm run census', () => {
  it('routes and registered URLs agree, says so with code 0 and needs no database', async () => {
    const agree = { code: 0, stdout: 'Routes and registered URLs agree.\n', stderr: '' };
    expect(await processes.run('src/cli/cli.ts', ['census'])).toEqual(agree);
  }, 30_000);
});
