import { bodyOf, codeOf, itemsOf } from '../../support/answers.ts';
import { proof } from '../../support/proof.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const rounds = proof({ short: 10, ci: 30, full: 60 });

const server = await startGatehouse();

describe('DELETE /roles/delete', () => {
  const rolesOfUser = async (userId: string) => bodyOf(await server.superadmin.get(`/admin/load-user/${userId}`, 200)).roles;

  it('delete, nobody has the role, it is gone', async () => {
    const role = await server.newRole('/admin/load-users');
    await server.superadmin.delete(`/roles/delete?type=${role}`, 204);
    expect(itemsOf(await server.superadmin.get(`/roles/load?roleId=${role}`, 200))).toEqual([]);
    expect(codeOf(await server.superadmin.delete(`/roles/delete?roleId=${role}`, 404))).toBe('role-not-found');
  });

  it('delete, users have the role, refused with their number and nothing changes', async () => {
    const role = await server.newRole('/admin/load-users');
    const users = [await server.newUser(role), await server.newUser(role)];
    const { body } = await server.superadmin.delete(`/roles/delete?roleId=${role}`, 409);
    expect(body).toMatchObject({ code: 'role-in-use', users: 2 });
    for (const { userId, client } of users) {
      expect(await rolesOfUser(userId)).toEqual(['guest', role]);
      await client.get('/admin/load-users', 200);
    }
  });

  it('delete, reassignTo another role, its users hold that one and its rights at once', async () => {
    const [old, heir] = [await server.newRole('/admin/load-users'), await server.newRole('/audit/load')];
    const user = await server.newUser(old);
    await server.superadmin.delete(`/roles/delete?type=${old}&reassignTo=${heir}`, 204);
    expect(await rolesOfUser(user.userId)).toEqual(['guest', heir]);
    await user.client.get('/admin/load-users', 403);
    await user.client.get('/audit/load', 200);
  });

  it('delete, reassignTo a role the user has already, it is held once', async () => {
    const [old, heir] = [await server.newRole(), await server.newRole()];
    const user = await server.newUser(heir, old);
    await server.superadmin.delete(`/roles/delete?roleId=${old}&reassignTo=${heir}`, 204);
    expect(await rolesOfUser(user.userId)).toEqual(['guest', heir]);
  });

  it('delete, reassignTo no role or the role itself, refused and nothing changes', async () => {
    const role = await server.newRole();
    const user = await server.newUser(role);
    expect(codeOf(await server.superadmin.delete(`/roles/delete?roleId=${role}&reassignTo=nobody`, 404))).toBe('role-not-found');
    expect(codeOf(await server.superadmin.delete(`/roles/delete?roleId=${role}&reassignTo=${role}`, 409))).toBe('role-in-use');
    expect(await rolesOfUser(user.userId)).toEqual(['guest', role]);
  });

  it.each(['guest', 'user', 'admin', 'superadmin'])('delete, the system role %s, refused with and without reassignTo', async (type) => {
    expect(codeOf(await server.superadmin.delete(`/roles/delete?type=${type}`, 409))).toBe('system-role');
    expect(codeOf(await server.superadmin.delete(`/roles/delete?roleId=${type}&reassignTo=guest`, 409))).toBe('system-role');
  });

  it('delete, no role named or two names, refused with invalid-input', async () => {
    expect(codeOf(await server.superadmin.delete('/roles/delete', 422))).toBe('invalid-input');
    expect(codeOf(await server.superadmin.delete('/roles/delete?roleId=a&type=a', 422))).toBe('invalid-input');
  });

  it(`delete, the role is assigned at the same moment, no user ever has a role that is gone (${rounds} rounds)`, async () => {
    const user = await server.newUser();
    for (let round = 0; round < rounds; round += 1) {
      const role = await server.newRole();
      const [assigned, deleted] = await Promise.all([
        server.superadmin.post('/roles/assign', { userId: user.userId, roleId: role, mode: 'add' }),
        server.superadmin.delete(`/roles/delete?roleId=${role}`),
      ]);
      const exists = (await server.stores.roles.countDocuments({ tenantId: 'default', roleId: role })) === 1;
      expect({ holds: (await rolesOfUser(user.userId)).includes(role), assigned: assigned.status, deleted: deleted.status })
        .toEqual(exists ? { holds: true, assigned: 200, deleted: 409 } : { holds: false, assigned: 404, deleted: 204 });
    }
  }, 300_000);

  it(`delete, the heir is deleted at the same moment, no user ever has a role that is gone (${rounds} rounds)`, async () => {
    const user = await server.newUser();
    for (let round = 0; round < rounds; round += 1) {
      const [old, heir] = [await server.newRole(), await server.newRole()];
      await server.superadmin.post('/roles/assign', { userId: user.userId, roleId: old }, 200);
      const answers = await Promise.all([
        server.superadmin.delete(`/roles/delete?roleId=${old}&reassignTo=${heir}`),
        server.superadmin.delete(`/roles/delete?roleId=${heir}`),
      ]);
      const held = await rolesOfUser(user.userId);
      expect(answers.map(({ status }) => status)).toEqual(held[0] === old ? [404, 204] : [204, 409]);
      expect(await server.stores.roles.countDocuments({ tenantId: 'default', roleId: { $in: [...held] } })).toBe(held.length);
    }
  }, 300_000);
});
