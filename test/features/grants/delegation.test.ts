import { bodyOf, codeOf, itemsOf } from '../../support/answers.ts';
import type { Client } from '../../support/client/client.ts';
import { proof } from '../../support/proof.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestUser } from '../../support/gatehouse/start-gatehouse.ts';

/** Of a race that is lost in each of them where nothing stands in its way. */
const rounds = proof({ short: 1, ci: 5, full: 20 });

const overUsers = [
  '/admin/update-user/:userId', '/admin/disable-user', '/admin/enable-user', '/admin/delete-user/:userId',
  '/admin/delete-session/:sessionId',
];

const server = await startGatehouse();

describe('who may act on whom', () => {
  async function sessionOf(userId: string): Promise<string> {
    return itemsOf(await server.superadmin.get(`/admin/load-sessions?userId=${userId}`, 200))[0]?.sessionId ?? '';
  }

  /** Every way to act on a user; the last two end what the others need. */
  const acts: readonly (readonly [string, (client: Client, userId: string) => Promise<{ status: number; body: unknown }>])[] = [
    ['update', (client, userId) => client.put(`/admin/update-user/${userId}`, { username: 'changed' })],
    ['enable', (client, userId) => client.post('/admin/enable-user', { userId })],
    ['disable', (client, userId) => client.post('/admin/disable-user', { userId })],
    ['end the session of', async (client, userId) => client.delete(`/admin/delete-session/${await sessionOf(userId)}`)],
    ['delete', (client, userId) => client.delete(`/admin/delete-user/${userId}`)],
  ];

  it.each(acts)('an admin, to %s a superadmin, refused with target-outranks-caller and nothing changes', async (_verb, act) => {
    const [admin, superadmin] = [await server.newUser('admin'), await server.newUser('superadmin')];
    expect(await act(admin.client, superadmin.userId)).toMatchObject({ status: 403, body: { code: 'target-outranks-caller' } });
    await superadmin.client.get('/roles/load', 200);
    expect(bodyOf(await server.superadmin.get(`/admin/load-user/${superadmin.userId}`, 200))).toMatchObject({ isActive: true, version: 2 });
  });

  it.each(acts)('a caller with fewer rights, to %s an admin, refused with target-outranks-caller', async (_verb, act) => {
    const [helper, admin] = [await server.newUser(await server.newRole(...overUsers)), await server.newUser('admin')];
    expect(await act(helper.client, admin.userId)).toMatchObject({ status: 403, body: { code: 'target-outranks-caller' } });
    await admin.client.get('/admin/load-users', 200);
  });

  it.each(acts)('an admin, to %s somebody with one right that admins lack, refused with target-outranks-caller', async (_verb, act) => {
    await server.superadmin.put('/roles/update-rights', { type: 'admin', remove: ['/audit/load'] }, 200);
    const [admin, auditor] = [await server.newUser('admin'), await server.newUser(await server.newRole('/audit/load'))];
    expect(await act(admin.client, auditor.userId)).toMatchObject({ status: 403, body: { code: 'target-outranks-caller' } });
    await auditor.client.get('/audit/load', 200);
    await server.superadmin.put('/roles/update-rights', { type: 'admin', add: ['/audit/load'] }, 200);
  });

  it.each([['guest', []], ['admin', ['admin']]])('an admin, to act on a %s in every way, allowed', async (_who, roles) => {
    const admin = await server.newUser('admin');
    for (const [, act] of acts) {
      const { userId } = await server.newUser(...roles);
      expect([200, 204]).toContain((await act(admin.client, userId)).status);
    }
  });

  it('a superadmin, to act on another superadmin in every way, allowed', async () => {
    for (const [, act] of acts) {
      const { userId } = await server.newUser('superadmin');
      expect([200, 204]).toContain((await act(server.superadmin, userId)).status);
    }
  });

  it.each(['superadmin', 'admin'])('a %s, to disable, enable or delete themselves, refused with self-not-allowed', async (type) => {
    const { userId, client } = await server.newUser(type);
    const answers = [
      await client.post('/admin/disable-user', { userId }, 409), await client.post('/admin/enable-user', { userId }, 409),
      await client.delete(`/admin/delete-user/${userId}`, 409),
    ];
    expect(answers.map(codeOf)).toEqual(['self-not-allowed', 'self-not-allowed', 'self-not-allowed']);
    await client.get('/profile/me', 200);
  });

  it('an admin, to change their own names and end their own session, allowed', async () => {
    const { userId, client } = await server.newUser('admin');
    await client.put(`/admin/update-user/${userId}`, { username: 'me' }, 200);
    await client.delete(`/admin/delete-session/${await sessionOf(userId)}`, 204);
    expect(codeOf(await client.get('/profile/me', 401))).toBe('session-ended');
  });

  it('two who disable or demote each other at once, never both done', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [one, other] = [await server.newUser('admin'), await server.newUser('admin')];
      const disable = (by: TestUser, whom: TestUser) => by.client.post('/admin/disable-user', { userId: whom.userId });
      expect((await Promise.all([disable(one, other), disable(other, one)])).filter(({ status }) => status === 200)).toHaveLength(1);
      const [first, second] = [await server.newUser('superadmin'), await server.newUser('superadmin')];
      const demote = (by: TestUser, whom: TestUser) => by.client.post('/roles/assign', { userId: whom.userId, type: 'guest' });
      expect((await Promise.all([demote(first, second), demote(second, first)])).filter(({ status }) => status === 200)).toHaveLength(1);
    }
  }, 60_000);

  it('many changes of one caller at once, all done', async () => {
    const { client } = await server.newUser('admin');
    const users: TestUser[] = [];
    for (let count = 0; count < 12; count += 1) users.push(await server.newUser());
    const answers = await Promise.all(users.map(({ userId }) => client.put(`/admin/update-user/${userId}`, { firstName: 'All' })));
    expect(answers.map(({ status }) => status)).toEqual(users.map(() => 200));
  }, 60_000);

  it('an admin, a target who is made superadmin at the same moment, never acted on as a superadmin', async () => {
    const admin = await server.newUser('admin');
    for (let round = 0; round < 10; round += 1) {
      const { userId } = await server.newUser();
      const [disabled] = await Promise.all([
        admin.client.post('/admin/disable-user', { userId }),
        server.superadmin.post('/roles/assign', { userId, type: 'superadmin', mode: 'add' }, 200),
      ]);
      const about = { tenantId: 'default', 'target.id': userId, action: { $in: ['user.assign', 'user.disable'] } };
      const trail = await server.stores.auditRecords.find(about).sort({ _id: 1 }).lean();
      const actions = trail.map(({ action }) => action);
      expect({ status: disabled.status, actions }).toEqual(disabled.status === 200
        ? { status: 200, actions: ['user.disable', 'user.assign'] }
        : { status: 403, actions: ['user.assign'] });
      await server.superadmin.delete(`/admin/delete-user/${userId}`, 204);
    }
  }, 60_000);

  it('sessions of others under /profile/, hidden from everybody else', async () => {
    const [one, two] = [await server.newUser(), await server.newUser()];
    expect(codeOf(await one.client.delete(`/profile/sessions/${await sessionOf(two.userId)}`, 404))).toBe('session-not-found');
    await two.client.get('/profile/me', 200);
  });
});
