import type { BodyAt } from '../../../support/client/routes.ts';
import { bodyOf, codeOf } from '../../../support/answers.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';

const server = await startGatehouse();

describe('POST /roles/assign', () => {
  const assign = (body: BodyAt<'POST', '/roles/assign'>) => server.superadmin.post('/roles/assign', body, 200);

  it('assign, no mode, all roles are replaced by this one', async () => {
    const [first, second] = [await server.newRole(), await server.newRole()];
    const { userId } = await server.newUser(first);
    expect(bodyOf(await assign({ userId, type: second }))).toMatchObject({ userId, roles: [second], version: 3 });
    expect(bodyOf(await server.superadmin.get(`/admin/load-user/${userId}`, 200)).roles).toEqual([second]);
  });

  it('assign, mode add twice and remove twice, the role is held once and then not at all', async () => {
    const role = await server.newRole();
    const { userId } = await server.newUser();
    for (const mode of ['add', 'add'] as const) expect(bodyOf(await assign({ userId, roleId: role, mode })).roles).toEqual(['guest', role]);
    for (const mode of ['remove', 'remove'] as const) expect(bodyOf(await assign({ userId, roleId: role, mode })).roles).toEqual(['guest']);
  });

  it('assign, user by address in another letter case and role by type, the same user gets it', async () => {
    await server.superadmin.post('/roles/create', { roleId: 'by-name-1', type: 'by-name', rights: [] }, 201);
    const { userId, email } = await server.newUser();
    const user = bodyOf(await assign({ email: email.toUpperCase(), type: 'by-name', mode: 'add' }));
    expect(user).toMatchObject({ userId, roles: ['guest', 'by-name-1'] });
  });

  it('assign, a session that was there before, works with the new rights at its next request', async () => {
    const role = await server.newRole('/audit/load');
    const { userId, client } = await server.newUser();
    const holds = async () => JSON.stringify((await client.get('/profile/me', 200)).body).includes('"/audit/load"');
    expect([(await client.get('/audit/load')).status, await holds()]).toEqual([403, false]);
    await assign({ userId, type: role, mode: 'add' });
    expect([(await client.get('/audit/load')).status, await holds()]).toEqual([200, true]);
    await assign({ userId, type: role, mode: 'remove' });
    expect([(await client.get('/audit/load')).status, await holds()]).toEqual([403, false]);
  });

  it('assign, the last role taken away, the rights of guest stay', async () => {
    const { userId, client } = await server.newUser();
    expect(bodyOf(await assign({ userId, type: 'guest', mode: 'remove' })).roles).toEqual([]);
    await client.get('/profile/me', 200);
    await client.get('/admin/load-users', 403);
  });

  it('assign, admin, holds what user and guest have as well', async () => {
    await server.superadmin.put('/roles/update-rights', { type: 'user', add: ['/audit/load'] }, 200);
    const { client } = await server.newUser('admin');
    for (const url of ['/admin/load-users', '/audit/load', '/profile/me']) await client.get(url, 200);
    await server.superadmin.put('/roles/update-rights', { type: 'user', remove: ['/audit/load'] }, 200);
  });

  it('assign, superadmin and away again, config URLs open and close', async () => {
    const { userId, client } = await server.newUser('superadmin');
    await client.get('/roles/load', 200);
    await assign({ userId, type: 'superadmin', mode: 'remove' });
    await client.get('/roles/load', 403);
  });

  it.each([
    ['no user', { type: 'guest' }, 422, 'invalid-input'],
    ['two names of a user', { userId: 'x', email: 'root@example.com', type: 'guest' }, 422, 'invalid-input'],
    ['no role', { email: 'root@example.com' }, 422, 'invalid-input'],
    ['two names of a role', { email: 'root@example.com', type: 'guest', roleId: 'guest' }, 422, 'invalid-input'],
    ['a mode that is none', { email: 'root@example.com', type: 'guest', mode: 'toggle' }, 422, 'invalid-input'],
    ['an operator for a user', { userId: { $ne: '' }, type: 'guest' }, 422, 'invalid-input'],
    ['an unknown user', { userId: 'nobody', type: 'guest' }, 404, 'user-not-found'],
    ['an unknown address', { email: 'nobody@example.com', type: 'guest' }, 404, 'user-not-found'],
    ['an unknown role', { email: 'root@example.com', type: 'nobody' }, 404, 'role-not-found'],
  ])('assign, %s, refused', async (_what, body, status, code) => {
    expect(codeOf(await server.superadmin.post('/roles/assign', body, status))).toBe(code);
  });

  it('assign, four roles added at once to one user, none is lost', async () => {
    const { userId } = await server.newUser();
    const roles = [await server.newRole(), await server.newRole(), await server.newRole(), await server.newRole()];
    await Promise.all(roles.map((roleId) => assign({ userId, roleId, mode: 'add' })));
    const user = bodyOf(await server.superadmin.get(`/admin/load-user/${userId}`, 200));
    expect({ version: user.version, roles: [...user.roles].sort() }).toEqual({ version: 5, roles: ['guest', ...roles].sort() });
  });
});
