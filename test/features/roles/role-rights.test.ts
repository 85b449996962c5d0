import type { BodyAt } from '../../support/client/routes.ts';
import { bodyOf, codeOf, writtenRights } from '../../support/answers.ts';
import { mountSchool, schoolUrls, statusOf } from '../../support/school.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const [listUsers, oneUser, trail] = ['/admin/load-users', '/admin/load-user/:userId', '/audit/load'];

const server = await startGatehouse({ urls: schoolUrls, host: mountSchool });

describe('rights of a role', () => {
  const update = (body: BodyAt<'PUT', '/roles/update-rights'>) => server.superadmin.put('/roles/update-rights', body, 200);
  const refused = (body: object, expected: number) => server.superadmin.put('/roles/update-rights', body, expected);
  const rightsAfter = async (body: BodyAt<'PUT', '/roles/update-rights'>) => writtenRights(bodyOf(await update(body)));

  it('rights, written as URL, as url and methods, and as the full object a list shows, are stored the same', async () => {
    const [full] = bodyOf(await server.superadmin.get(`/roles/get-rights?type=${await server.newRole(oneUser)}`, 200)).rights;
    const type = await server.newRole(listUsers, { url: trail, methods: ['GET'] }, full ?? '');
    const { rights } = bodyOf(await server.superadmin.get(`/roles/get-rights?type=${type}`, 200));
    expect(rights).toEqual([
      { name: 'load-users', path: '/admin/', url: listUsers, access: 'auth', stale: false },
      { name: 'load', path: '/audit/', url: trail, methods: ['GET'], access: 'auth', stale: false },
      { name: 'load-user/:userId', path: '/admin/', url: oneUser, access: 'auth', stale: false },
    ]);
  });

  it.each([
    ['upper case', '/ADMIN/Load-Users', listUsers],
    ['a trailing slash', '/admin/load-users/', listUsers],
    ['another parameter name', '/admin/load-user/:id', oneUser],
    ['all three', '/Admin/LOAD-USER/:x/', oneUser],
  ])('rights, a URL in %s, stored as registered', async (_how, written, registered) => {
    const type = await server.newRole(written);
    expect(writtenRights(bodyOf(await server.superadmin.get(`/roles/get-rights?type=${type}`, 200)))).toEqual([registered]);
    expect(await rightsAfter({ type, remove: [written] })).toEqual([]);
  });

  it('rights, several spellings of one URL, stored once with the methods of all', async () => {
    const type = await server.newRole({ url: '/school/classes', methods: ['POST'] }, { url: '/School/classes/', methods: ['GET', 'GET'] });
    expect(writtenRights(bodyOf(await server.superadmin.get(`/roles/get-rights?type=${type}`, 200)))).toEqual(['GET,POST /school/classes']);
  });

  it.each([
    ['that is not registered', '/no/such-url', '/no/such-url'],
    ['that is text', 'DROP TABLE', 'DROP TABLE'],
    ['with a method it does not serve', { url: listUsers, methods: ['GET', 'DELETE'] }, `DELETE ${listUsers}`],
  ])('rights, a URL %s, refused with 422 naming it by create, rights and add', async (_what, right, named) => {
    const type = await server.newRole(listUsers);
    const answers = [
      await server.superadmin.post('/roles/create', { roleId: 'never', type: 'never', rights: [trail, right] }, 422),
      await refused({ type, rights: [trail, right] }, 422), await refused({ type, add: [trail, right] }, 422),
    ];
    for (const [index, field] of ['rights', 'rights', 'add'].entries()) {
      const errors = [{ field: `body.${field}[1]`, message: `${named} is not registered` }];
      expect(answers[index]?.body).toMatchObject({ code: 'right-not-registered', errors });
    }
    expect(await server.stores.roles.countDocuments({ tenantId: 'default', type: 'never' })).toBe(0);
  });

  const configUrls = ['/roles/assign', '/ROLES/Assign/', { url: '/roles/assign', methods: ['POST'] }];
  it.each(configUrls)('rights, the config URL %j, refused with 422 naming it', async (right) => {
    const type = await server.newRole(listUsers);
    for (const answer of [await refused({ type, rights: [right] }, 422), await refused({ type: 'admin', add: [trail, right] }, 422)]) {
      expect(answer.body).toMatchObject({ code: 'right-is-config', errors: [{ message: '/roles/assign is a config URL' }] });
    }
    expect(await rightsAfter({ type, add: [] })).toEqual([listUsers]);
  });

  it('update-rights, rights, add and remove, replaces, unites and takes away', async () => {
    const type = await server.newRole(listUsers);
    expect(await rightsAfter({ type, rights: [oneUser, trail] })).toEqual([oneUser, trail]);
    expect(await rightsAfter({ type, add: [listUsers, trail] })).toEqual([oneUser, trail, listUsers]);
    expect(await rightsAfter({ type, remove: [trail] })).toEqual([oneUser, listUsers]);
    expect(await rightsAfter({ type, add: [trail], remove: [oneUser, trail] })).toEqual([listUsers]);
    expect(await rightsAfter({ roleId: type, rights: [] })).toEqual([]);
  });

  it('update-rights, methods added and removed, the right covers what is left', async () => {
    const type = await server.newRole({ url: '/school/classes', methods: ['GET'] });
    expect(await rightsAfter({ type, add: [{ url: '/school/classes', methods: ['POST'] }] })).toEqual(['GET,POST /school/classes']);
    expect(await rightsAfter({ type, remove: [{ url: '/school/classes', methods: ['GET'] }] })).toEqual(['POST /school/classes']);
    expect(await rightsAfter({ type, add: ['/school/classes'] })).toEqual(['/school/classes']);
    expect(await rightsAfter({ type, remove: [{ url: '/school/classes', methods: ['POST'] }] })).toEqual(['GET /school/classes']);
    expect(await rightsAfter({ type, remove: ['/school/classes'] })).toEqual([]);
  });

  it('update-rights, remove of a method that the URL does not serve, takes nothing away', async () => {
    const type = await server.newRole(listUsers);
    expect(await rightsAfter({ type, remove: [{ url: listUsers, methods: ['DELETE'] }] })).toEqual([listUsers]);
  });

  it('a right for GET alone, the same URL with POST, 403 until POST is granted', async () => {
    const type = await server.newRole({ url: '/school/classes', methods: ['GET'] });
    const { client } = await server.newUser(type);
    const status = (method: string) => statusOf(server.origin, client, method, '/school/classes');
    const statuses = async () => [await status('GET'), await status('POST')];
    expect(await statuses()).toEqual([200, 403]);
    await update({ type, add: [{ url: '/school/classes', methods: ['POST'] }] });
    expect(await statuses()).toEqual([200, 200]);
    await update({ type, remove: [{ url: '/school/classes', methods: ['GET'] }] });
    expect(await statuses()).toEqual([403, 200]);
  });

  it('a right with a path parameter, any value, opens this URL and no other', async () => {
    const { client } = await server.newUser(await server.newRole('/school/student/:id'));
    expect(await statusOf(server.origin, client, 'GET', '/school/student/42')).toBe(200);
    expect(await statusOf(server.origin, client, 'GET', '/School/Student/42/')).toBe(200);
    expect(await statusOf(server.origin, client, 'GET', '/school/classes')).toBe(403);
  });

  it.each([
    ['by type', { type: 'superadmin', add: [trail] }], ['by roleId', { roleId: 'superadmin', rights: [] }],
    ['by remove', { type: 'superadmin', remove: [trail] }],
  ])('update-rights, the superadmin %s, refused: its rights come from init alone', async (_what, body) => {
    expect(codeOf(await refused(body, 409))).toBe('superadmin-rights-fixed');
  });

  it.each([
    ['nothing to change', {}], ['rights and add', { rights: [], add: [] }], ['rights and remove', { rights: [], remove: [trail] }],
    ['a version that is none', { add: [trail], version: 0 }], ['an unknown field', { add: [trail], inherits: ['superadmin'] }],
  ])('update-rights, %s, refused with invalid-input', async (_what, body) => {
    expect(codeOf(await refused({ type: 'user', ...body }, 422))).toBe('invalid-input');
  });

  it('update-rights, no such role, 404', async () => {
    expect(codeOf(await refused({ type: 'nobody', rights: [] }, 404))).toBe('role-not-found');
  });

  it('update-rights, an old version, refused with version-conflict and nothing changes', async () => {
    const type = await server.newRole(listUsers);
    expect(bodyOf(await update({ type, add: [trail], version: 1 })).version).toBe(2);
    expect(codeOf(await refused({ type, rights: [], version: 1 }, 409))).toBe('version-conflict');
    const role = bodyOf(await server.superadmin.get(`/roles/get-rights?type=${type}`, 200));
    expect([role.version, writtenRights(role)]).toEqual([2, [listUsers, trail]]);
  });

  it('update-rights, four edits of one version at once, exactly one wins', async () => {
    const type = await server.newRole();
    const answers = await Promise.all([listUsers, oneUser, trail, '/admin/load-sessions'].map((url) =>
      server.superadmin.put('/roles/update-rights', { type, add: [url], version: 1 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(bodyOf(await server.superadmin.get(`/roles/get-rights?type=${type}`, 200)))
      .toMatchObject({ version: 2, rights: [expect.anything()] });
  });

  it('update-rights, four additions at once without a version, none is lost', async () => {
    const type = await server.newRole();
    const urls = [listUsers, oneUser, trail, '/admin/load-sessions'];
    await Promise.all(urls.map((url) => update({ type, add: [url] })));
    const role = bodyOf(await server.superadmin.get(`/roles/get-rights?type=${type}`, 200));
    expect({ version: role.version, rights: writtenRights(role).sort() }).toEqual({ version: 5, rights: [...urls].sort() });
  });
});
