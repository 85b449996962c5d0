import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';

const server = await startGatehouse();

describe('a role', () => {
  it('gate, role assigned and its right removed, one token goes 403, 200, 403', async () => {
    const role = await server.newRole('/admin/load-users');
    const ann = await server.newUser();
    const before = await ann.client.get('/admin/load-users', 403);
    expect(before.body)
      .toMatchObject({ statusCode: 403, error: 'Forbidden', message: 'Forbidden resource', required: 'GET /admin/load-users' });
    await server.superadmin.post('/roles/assign', { userId: ann.userId, type: role, mode: 'add' }, 200);
    await ann.client.get('/admin/load-users', 200);
    await server.superadmin.put('/roles/update-rights', { type: role, remove: ['/admin/load-users'] }, 200);
    await ann.client.get('/admin/load-users', 403);
  });
});
