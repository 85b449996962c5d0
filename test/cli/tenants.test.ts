import { randomBytes } from 'node:crypto';
import { createDatabase } from '../support/gatehouse/database.ts';
import type { TestDatabase } from '../support/gatehouse/database.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { createProcesses } from '../support/processes.ts';
import { testSettings } from '../support/test-settings.ts';

const processes = createProcesses();
const secrets = { KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64') };
const settings = testSettings({ ...secrets, SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });
let database: TestDatabase;
let server: TestGatehouse;
let tenantId: string;
beforeAll(async () => {
  database = await createDatabase();
  server = await startGatehouse({ settings, database });
  ({ body: { tenantId } } = await server.superadmin.post(
    '/tenants/create', { name: 'acme', admin: { email: 'boss@acme.test' } }, 201,
  ) as { body: { tenantId: string } });
  await server.superadmin.post('/roles/create?tenant=acme', { roleId: 'helper', type: 'helper', rights: [] }, 201);
});
afterAll(() => { server.ownDatabases.add(tenantId); });

const run = (...args: string[]) => processes.run(
  'src/cli/cli.ts', ['tenants', ...args], { env: { MONGODB_URI: database.uri, ...secrets } },
);
const rolesOf = async () => (await server.superadmin.get('/roles/load?tenant=acme', 200)).body.items.map(({ type }) => type).sort();

describe('npm run tenants', () => {
  it('move of a suspended tenant beside a running server, which serves it from its new place', async () => {
    const roles = ['admin', 'guest', 'helper', 'user'];
    expect(await rolesOf()).toEqual(roles);
    await server.superadmin.post('/tenants/suspend', { tenantId }, 200);
    const moved = await run('move', 'acme', '--to', 'database');
    expect(moved).toMatchObject({ code: 0, stderr: '' });
    expect(moved.stdout).toMatch(new RegExp([
      /\nroles: 4 copied and compared\n(.*\n)*/, /acme is kept in a database of its own: \d+ rows moved\. Resume it by POST \/tenants\/resume\.\n$/,
    ].map(({ source }) => source).join('')));
    expect((await server.superadmin.post('/tenants/resume', { tenantId }, 200)).body).toMatchObject(
      { status: 'active', isolation: 'database' },
    );
    expect(await rolesOf()).toEqual(roles);
    await server.superadmin.post('/roles/create?tenant=acme', { roleId: 'another', type: 'another', rights: [] }, 201);
    expect(await server.stores.roles.countDocuments({ tenantId })).toBe(0);
    expect(await run('move', 'acme', '--to', 'database')).toEqual({ code: 0, stderr: '', stdout: 'acme is kept there already.\n' });
  }, 120_000);

  it.each([
    [['turn'], 'Usage: npm run tenants -- move NAME --to shared|database'], [['move', 'acme'], 'Usage:'],
    [['move', '--to', 'database'], 'Usage:'], [['move', 'acme', '--to', 'elsewhere'], 'Usage:'],
    [['move', 'nobody', '--to', 'database'], 'There is no tenant nobody.'],
    [['move', 'default', '--to', 'database'], 'The default tenant always stays in the shared database.'],
    [['move', 'other', '--to', 'database'], 'other is not suspended'],
  ])('%j, 64 with one line that says why', async (args, why) => {
    await server.superadmin.post('/tenants/create', { name: 'other', admin: { email: 'boss@other.test' } });
    const finished = await run(...args);
    expect(finished).toMatchObject({ code: 64, stdout: '' });
    expect(finished.stderr).toContain(why);
  }, 60_000);
});
