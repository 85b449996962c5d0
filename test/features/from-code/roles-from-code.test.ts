import { createGatehouse } from '../../../src/gatehouse.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

const gatehouse = await startGatehouse();
const { gatehouse: { roles }, superadmin } = gatehouse;
const { user: { userId } } = (await superadmin.get('/profile/me', 200)).body;
const actor = { actor: { userId } };

describe('roles from code', () => {
  it('every call, does what its URL does', async () => {
    const created = await roles.create({ roleId: 'clerk', type: 'clerk', rights: ['/admin/load-users'], name: 'Clerk' }, actor);
    expect(created).toMatchObject({ roleId: 'clerk', name: 'Clerk', version: 1, rights: [{ url: '/admin/load-users' }] });
    expect((await roles.update({ type: 'clerk' }, { description: 'Reads.' }, actor)).description).toBe('Reads.');
    const changed = await roles.updateRights({ roleId: 'clerk' }, { add: ['/audit/load'], remove: ['/admin/load-users'] }, actor);
    expect(changed.rights.map(({ url }) => url)).toEqual(['/audit/load']);
    expect((await roles.find('clerk', actor)).version).toBe(changed.version);
    expect((await roles.list({ limit: 200 }, actor)).items.map(({ roleId }) => roleId)).toContain('clerk');
    await roles.delete({ roleId: 'clerk' }, actor);
    await expect(roles.find('clerk', actor)).rejects.toMatchObject({ code: 'role-not-found' });
  });

  it('an admin of a tenant, cannot give more than they have', async () => {
    const { admin } = await gatehouse.newTenant();
    const mine = { actor: { userId: admin.userId } };
    await expect(roles.create({ roleId: 'boss', type: 'boss', rights: [], permissions: ['manage:users'] }, mine))
      .rejects.toMatchObject({ code: expect.stringMatching(/^(permission-not-known|grants-exceed-own)$/) as string });
    await expect(roles.create({ roleId: 'boss', type: 'boss', rights: [], inherits: ['superadmin'] }, mine)).rejects.toMatchObject(
      { code: expect.stringMatching(/^(role-not-found|superadmin-not-inherited)$/) as string },
    );
  });

  it('a role in use, is deleted for another one', async () => {
    const [old, next] = [await gatehouse.newRole('/audit/load'), await gatehouse.newRole('/audit/load')];
    const { userId: holder } = await gatehouse.newUser(old);
    await expect(roles.delete({ roleId: old }, actor)).rejects.toMatchObject({ code: 'role-in-use', extras: { users: 1 } });
    await roles.delete({ roleId: old, reassignTo: next }, actor);
    expect((await gatehouse.gatehouse.users.find(holder, actor)).roles).toContain(next);
  });

  it('before init, throws not-ready', async () => {
    const early = createGatehouse({ connection: gatehouse.connection, settings: testSettings() });
    await expect(early.roles.find('guest', actor)).rejects.toMatchObject({ code: 'not-ready' });
    await expect(early.accessFor(userId)).rejects.toMatchObject({ code: 'not-ready' });
    await early.close();
  });
});
