import { pino } from 'pino';
import type { InitReport } from '../../config/init.ts';
import { builtInRoles } from '../../config/roles.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';
import type { RoleDeclaration } from '../../src/features/roles/role.types.ts';
import { createSharedModels } from '../../src/boot/stores.ts';
import type { Models } from '../../src/boot/stores.ts';
import { bodyOf } from '../support/answers.ts';
import { dryRun } from '../support/gatehouse/assemble.ts';
import { contentOf } from '../support/gatehouse/content.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { InProcessOptions } from '../support/gatehouse/in-process.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { Client } from '../support/client/client.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import type { TestDatabase } from '../support/gatehouse/database.ts';
import { mountSchool, schoolUrls, statusOf } from '../support/school.ts';
import { testSettings } from '../support/test-settings.ts';

const [email, password] = ['root@example.com', 'a long enough password'];
const teacher: RoleDeclaration = {
  type: 'teacher', name: 'Teacher', description: 'Teaches.', rights: ['/school/classes'], inherits: ['user'],
};
const inSchool = { urls: schoolUrls, host: mountSchool, roles: [teacher] };

describe('init', () => {
  const settings = testSettings({ SUPERADMIN_EMAIL: email, SUPERADMIN_PASSWORD: password });
  let database: TestDatabase;
  let stores: Models;
  const running: TestGatehouse[] = [];
  beforeEach(async () => {
    database = await createDatabase();
    stores = createSharedModels(database.connection);
  });
  afterEach(async () => {
    for (const node of running.splice(0)) await node.close();
  });

  async function start(options: InProcessOptions = {}): Promise<TestGatehouse & { root: () => Promise<Client> }> {
    const node = await startGatehouse({ database, logsIn: false, settings, ...options });
    running.push(node);
    return { ...node, root: () => node.anonymous.logIn(email, password) };
  }
  const report = async (options: InProcessOptions = {}): Promise<InitReport> => (await start(options)).report;
  const rightsOf = async (type: string) => ((await stores.roles.findOne({ tenantId: 'default', type }).lean())?.rights ?? []).map(
    ({ url }) => url,
  );
  const nothing = { rolesCreated: 0, rolesChanged: 0, rights: 0, changed: false };

  it('an empty database, four roles, every URL for the superadmin, one superadmin user who can log in', async () => {
    const node = await start();
    expect(node.report).toMatchObject({ rolesCreated: 4, rolesChanged: 0, changed: true, superadmin: 'set-from-settings' });
    const roles = await stores.roles.find({ tenantId: 'default' }).sort({ _id: 1 }).lean();
    expect(roles).toMatchObject(builtInRoles.map(({ type, isDefault, inherits }) => (
      { type, roleId: type, isSystemRole: true, isDefault: isDefault ?? false, inherits })));
    const registered = bodyOf(await (await node.root()).get('/roles/get-rights', 200)).rights.map(({ url }) => url);
    expect(await rightsOf('superadmin')).toEqual(registered);
    expect(node.report.rights).toBe(registered.length);
    expect(await stores.users.countDocuments({ tenantId: 'default' })).toBe(1);
  });

  it('a SUPERADMIN_PASSWORD that is easily guessed, stops the boot, which creates nobody and repeats no part of it', async () => {
    for (const guessed of ['Password1234', `${email}123`]) {
      const boots = start({ settings: testSettings({ SUPERADMIN_EMAIL: email, SUPERADMIN_PASSWORD: guessed }) });
      await expect(boots).rejects.toMatchObject({
        name: 'StartError', message: expect.stringMatching(/^SUPERADMIN_PASSWORD is easily guessed\. .+ Set another one/) as string,
      });
      await expect(boots).rejects.not.toMatchObject({ message: expect.stringContaining(guessed) as string });
    }
    expect(await stores.users.countDocuments({ tenantId: 'default' })).toBe(0);
  });

  it('no superadmin named in the settings, one user without a password, who cannot log in', async () => {
    expect(await report({ settings: { ...settings, superadmin: null } })).toMatchObject({ superadmin: 'needs-set-up', changed: true });
    expect(await stores.users.find({ tenantId: 'default' }).lean()).toMatchObject([{ roles: ['superadmin'], isActive: true }]);
    const [user] = await stores.users.find({ tenantId: 'default' }).select('+password').lean();
    expect([user?.email, user?.emailKey, user?.password]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['with a superadmin', {}], ['with none set up yet', { settings: { ...settings, superadmin: null } }],
    ['with a host\'s URLs and roles', inSchool],
  ])(
    'a second and third boot, %s, write nothing', async (_what, options) => {
      await start(options);
      const before = await contentOf(database.connection);
      for (let again = 0; again < 2; again += 1) expect(await report(options)).toMatchObject(nothing);
      expect(await contentOf(database.connection)).toEqual(before);
    });

  it('a right that a superadmin took away, the next boot, stays away', async () => {
    const root = await (await start(inSchool)).root();
    await root.put('/roles/update-rights', { type: 'teacher', remove: ['/school/classes'] }, 200);
    await root.put('/roles/update-rights', { type: 'admin', remove: ['/audit/load'] }, 200);
    expect(await report(inSchool)).toMatchObject(nothing);
    expect(await rightsOf('teacher')).toEqual([]);
    expect(await rightsOf('admin')).not.toContain('/audit/load');
  });

  it('a right that a superadmin gave a built-in role, the next boot, stays', async () => {
    const root = await (await start()).root();
    await root.put('/roles/update-rights', { type: 'user', add: ['/audit/load'] }, 200);
    expect(await report()).toMatchObject(nothing);
    expect(await rightsOf('user')).toContain('/audit/load');
  });

  it('a right that is newly declared, the next boot, added beside what a superadmin changed', async () => {
    const root = await (await start(inSchool)).root();
    await root.put('/roles/update-rights', { type: 'teacher', remove: ['/school/classes'], add: ['/audit/load'] }, 200);
    const more = { ...inSchool, roles: [{ ...teacher, rights: [...teacher.rights, '/school/student/:studentId'] }] };
    expect(await report(more)).toMatchObject({ rolesCreated: 0, rolesChanged: 1, rights: 0, changed: true });
    expect(await rightsOf('teacher')).toEqual(['/audit/load', '/school/student/:studentId']);
    expect(await report(more)).toMatchObject(nothing);
  });

  it('what is declared no longer, the next boot, stays as it is, and the log names it once', async () => {
    const policy: Policy = { effect: 'allow', actions: ['read'], resources: ['marks'] };
    const given = { ...teacher, rights: ['/school/classes', { url: '/audit/load', methods: ['GET'] }], policies: [policy] };
    await start({ ...inSchool, roles: [given] });
    const logged: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });
    expect(await report({ ...inSchool, roles: [given], logger })).toMatchObject(nothing);
    expect(logged).toEqual([]);
    expect(await report({ ...inSchool, roles: [{ ...teacher, rights: [] }], logger })).toMatchObject(nothing);
    expect(await rightsOf('teacher')).toEqual(['/school/classes', '/audit/load']);
    expect(logged.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'the role "teacher" of the tenant "default" still has what its declaration no longer names: /school/classes, GET /audit/load, '
      + `${JSON.stringify(policy)}. Take it away with PUT /roles/update-rights and PUT /roles/update, or declare it again`,
    ]);
  });

  it('other URLs, the next boot, the superadmin\'s rights are replaced and sessions follow at once', async () => {
    const first = await start();
    const token = (await first.root()).token ?? '';
    const own = await rightsOf('superadmin');
    const host = ['/school/about', '/school/classes', '/school/student/:studentId'];
    const second = await start({ urls: schoolUrls, host: mountSchool });
    expect(second.report).toMatchObject({ rolesCreated: 0, rolesChanged: 1, rights: 3 });
    expect((await rightsOf('superadmin')).sort()).toEqual([...own, ...host].sort());
    expect(await statusOf(second.origin, second.anonymous.withToken(token), 'POST', '/school/classes')).toBe(200);
    expect(await report()).toMatchObject({ rolesChanged: 1, rights: 3 });
    expect(await rightsOf('superadmin')).toEqual(own);
  });

  it('a host\'s role of a built-in type, adds its rights to it', async () => {
    const guest: RoleDeclaration = { ...teacher, type: 'guest', rights: ['/school/classes'], inherits: [] };
    await start({ ...inSchool, roles: [guest] });
    expect(await rightsOf('guest')).toEqual(expect.arrayContaining(['/profile/me', '/school/classes']));
    expect(await stores.roles.countDocuments({ tenantId: 'default' })).toBe(4);
  });

  it.each([
    ['an unregistered URL', { ...teacher, rights: ['/no/where'] }, '/no/where is not registered'],
    ['a config URL', { ...teacher, rights: ['/roles/assign'] }, '/roles/assign is a config URL'],
  ])('a declared role with %s, the boot stops naming it and leaves nothing', async (_what, role, message) => {
    await expect(startGatehouse({ database, logsIn: false, settings, ...inSchool, roles: [role] })).rejects.toThrow(message);
    expect(await contentOf(database.connection)).toEqual({});
  });

  it.each([['type', { roleId: 'mine', type: 'teacher' }], ['roleId', { roleId: 'teacher', type: 'mine' }]])(
    'a declared role whose %s a superadmin\'s own role has, the tenant keeps its own and the log says so once', async (_which, names) => {
      const root = await (await start()).root();
      await root.post('/roles/create', { ...names, rights: ['/audit/load'] }, 201);
      const logged: string[] = [];
      const { rolesCreated } = await report({ ...inSchool, logger: pino({ level: 'warn' }, { write: (line) => void logged.push(line) }) });
      expect(rolesCreated).toBe(0);
      expect(logged)
        .toEqual([expect.stringMatching(/the tenant \\"default\\" has a role of its own with the roleId or type \\"teacher\\"/)]);
      expect(await stores.roles.find({ tenantId: 'default', isSystemRole: false }).lean())
        .toMatchObject([{ ...names, rights: [{ url: '/audit/load' }], seeded: [] }]);
    });

  it('what init did, recorded as the server\'s own doing', async () => {
    await start();
    const records = await stores.auditRecords.find({ tenantId: 'default' }).lean();
    const actions = records.map(({ action, target }) => `${action} ${target?.kind === 'role' ? target.id : ''}`);
    expect(actions).toEqual(expect.arrayContaining(['role.create guest', 'role.create superadmin', 'user.create ']));
    expect(records.every(({ userId, ip, result }) => userId === null && ip === null && result === 'done')).toBe(true);
    expect(JSON.stringify(records)).not.toMatch(/\$2[ab]\$|pepper|hash/);
  });

  it('a dry run, an empty database, tells what would change and changes nothing', async () => {
    const told = await dryRun(database.connection, { settings });
    expect(await contentOf(database.connection)).toEqual({});
    expect(told).toEqual(await report());
  });

  it('a dry run, after other URLs and roles, tells what would change and changes nothing', async () => {
    await start();
    const before = await contentOf(database.connection);
    const told = await dryRun(database.connection, { settings, ...inSchool });
    expect(told).toMatchObject({ rolesCreated: 1, rolesChanged: 1, rights: 3, changed: true });
    expect(await contentOf(database.connection)).toEqual(before);
    expect(await report(inSchool)).toEqual(told);
    expect(await dryRun(database.connection, { settings, ...inSchool })).toMatchObject(nothing);
  });
});
