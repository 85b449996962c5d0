import { bodyOf, codeOf, itemsOf } from '../../support/answers.ts';
import { longPassword as password } from '../../support/invited-tenant.ts';
import { inHours, mayPay, rolesOfUser, startFirms } from './firms.ts';

const { server, mailbox, newFirm, newUser, nextName } = await startFirms();

describe('an admin who reaches for a role that grants more than they hold', () => {
  it('by deleting an own role and naming it as the replacement, refused, and nothing changes', async () => {
    const { admin, adminId } = await newFirm();
    await admin.post('/roles/create', { roleId: 'stub', type: 'stub', rights: [] }, 201);
    await admin.post('/roles/assign', { userId: adminId, roleId: 'stub', mode: 'add' }, 200);
    expect(codeOf(await admin.delete('/roles/delete?roleId=stub&reassignTo=finance', 403))).toBe('grants-exceed-own');
    expect(await rolesOfUser(admin, adminId)).toContain('stub');
    expect(itemsOf(await admin.get('/roles/load?roleId=stub', 200))).toHaveLength(1);
    expect(await mayPay(admin)).toMatchObject({ decisions: [{ allowed: false }] });
    // With a replacement that they may grant, it is done.
    await admin.post('/roles/create', { roleId: 'clerk', type: 'clerk', rights: ['/audit/load'] }, 201);
    await admin.delete('/roles/delete?roleId=stub&reassignTo=clerk', 204);
    expect(await rolesOfUser(admin, adminId)).toContain('clerk');
  }, 60_000);

  it('by assigning it from a later time on, to themselves or another user, refused', async () => {
    const { admin, adminId } = await newFirm();
    const other = await newUser(admin);
    for (const userId of [adminId, other]) {
      expect(codeOf(await admin.post('/roles/assign', { userId, roleId: 'finance', mode: 'add', validFrom: inHours(1) }, 403)))
        .toBe('grants-exceed-own');
      expect(await rolesOfUser(admin, userId)).not.toContain('finance');
    }
  }, 60_000);

  it('by acting on a user who holds it from tomorrow on, refused', async () => {
    const { admin, name } = await newFirm();
    const [heir, former] = [await newUser(admin), await newUser(admin)];
    const assign = (userId: string, times: object) => server.superadmin.post(
      `/roles/assign?tenant=${name}`, { userId, roleId: 'finance', mode: 'add', ...times }, 200,
    );
    await assign(heir, { validFrom: inHours(24) });
    await assign(former, { validFrom: inHours(-2), validUntil: inHours(1) });
    const ofFormer = former as never; // the type of the driver says ObjectId
    const ended = { $set: { 'roleTimes.0.validUntil': new Date(inHours(-1)) } };
    await server.stores.users.collection.updateOne({ _id: ofFormer }, ended);
    for (const ask of [
      () => admin.put(`/admin/update-user/${heir}`, { email: `${nextName('mine')}@example.com` }, 403),
      () => admin.post('/admin/disable-user', { userId: heir }, 403),
      () => admin.post('/roles/assign', { userId: heir, roleId: 'finance', mode: 'remove' }, 403),
    ]) expect(codeOf(await ask())).toBe('target-outranks-caller');
    // The role of the other user has ended, so it protects them no more.
    await admin.put(`/admin/update-user/${former}`, { username: 'former' }, 200);
  }, 60_000);
});

describe('the role of verified addresses', () => {
  it('taken away by a superadmin, does not come back with a password reset or a changed address', async () => {
    const email = `${nextName('person')}@example.com`;
    const { body } = await server.anonymous.post('/users/register', { email, password }, 201);
    const { userId } = body;
    await server.anonymous.post('/users/verify-email', { token: (await mailbox.next(email)).token, password }, 200);
    expect(await rolesOfUser(server.superadmin, userId)).toEqual(['user']);
    await server.superadmin.post('/roles/assign', { userId, type: 'guest' }, 200);

    await server.anonymous.post('/users/forgot-password', { email }, 202);
    const reset = await mailbox.next(({ to, for: what }) => to === email && what === 'reset-password');
    await server.anonymous.post('/users/reset-password', { token: reset.token, password }, 200);
    expect(await rolesOfUser(server.superadmin, userId)).toEqual(['guest']);

    await server.superadmin.post('/roles/assign', { userId, type: 'user' }, 200);
    const client = await server.anonymous.logIn(email, password);
    const next = `${nextName('person')}@example.com`;
    await client.post('/profile/change-email', { email: next, password }, 202);
    await server.superadmin.post('/roles/assign', { userId, type: 'guest' }, 200);
    await server.anonymous.post('/users/verify-email', { token: (await mailbox.next(next)).token, password }, 200);
    expect(bodyOf(await server.superadmin.get(`/admin/load-user/${userId}`, 200))).toMatchObject({ email: next, roles: ['guest'] });

    const third = `${nextName('person')}@example.com`;
    await server.superadmin.put(`/admin/update-user/${userId}`, { email: third }, 200);
    await server.anonymous.post('/users/verify-email', { token: (await mailbox.next(third)).token, password }, 200);
    expect(bodyOf(await server.superadmin.get(`/admin/load-user/${userId}`, 200)))
      .toMatchObject({ email: third, emailVerified: true, roles: ['guest'] });
  }, 60_000);
});

describe('the default tenant', () => {
  it('without any login method, refused, since nobody could log in to undo it', async () => {
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId: 'default', settings: { loginMethods: [] } }, 409)))
      .toBe('default-tenant-fixed');
    await server.anonymous.logIn('root@example.com', password);
  });
});
