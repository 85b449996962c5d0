import { codeOf, itemsOf } from '../../support/answers.ts';
import type { Client } from '../../support/client/client.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

const hour = 3_600_000;
const meOf = async (client: Client) => (await client.get('/profile/me', 200)).body;
const urlsOf = async (client: Client) => (await meOf(client)).rights.map(({ url }) => url);
const ownSessions = async (client: Client) => itemsOf(await client.get('/profile/sessions', 200)).map(({ sessionId }) => sessionId);
const currentOf = async (client: Client) => {
  const { body } = await client.get('/profile/sessions', 200);
  return body.items.find(({ current }) => current)?.sessionId ?? '';
};

describe('a session', () => {
  let server: TestGatehouse;
  let skew = 0;
  beforeAll(async () => {
    const settings = testSettings({
      SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', SESSION_HOURS: '8',
      ACCESS_TOKEN_SECONDS: '86400',
    });
    server = await startGatehouse({ settings, clock: () => Date.now() + skew });
  });
  afterEach(() => {
    skew = 0;
  });
  const again = ({ email, password }: TestUser) => server.anonymous.logIn(email, password);
  const expectEnded = async (client: Client, code = 'session-ended') => expect(codeOf(await client.get('/profile/me', 401))).toBe(code);

  it('role assigned, replaced and taken away, counts on the next request of the same token and shows in the profile', async () => {
    const [reader, auditor] = [await server.newRole('/admin/load-users'), await server.newRole('/audit/load')];
    const ann = await server.newUser();
    expect(await meOf(ann.client)).toMatchObject({ user: { roles: ['guest'] }, roles: [{ type: 'guest' }] });
    expect(await urlsOf(ann.client)).not.toContain('/admin/load-users');

    await server.superadmin.post('/roles/assign', { userId: ann.userId, type: reader }, 200);
    await ann.client.get('/admin/load-users', 200);
    expect((await meOf(ann.client)).roles.map(({ type }) => type)).toEqual([reader]);
    expect(await urlsOf(ann.client)).toEqual(expect.arrayContaining(['/admin/load-users', '/profile/me']));

    await server.superadmin.post('/roles/assign', { userId: ann.userId, type: auditor }, 200);
    await ann.client.get('/admin/load-users', 403);
    await ann.client.get('/audit/load', 200);
    expect(await urlsOf(ann.client)).not.toContain('/admin/load-users');

    await server.superadmin.post('/roles/assign', { userId: ann.userId, type: auditor, mode: 'remove' }, 200);
    await ann.client.get('/audit/load', 403);
    expect((await meOf(ann.client)).roles).toEqual([]);
  });

  it('right added to and taken from a role, counts on the next request of every holder and shows in the profile', async () => {
    const role = await server.newRole('/audit/load');
    const holders = [await server.newUser(role), await server.newUser(role)];
    await server.superadmin.put('/roles/update-rights', { type: role, add: ['/admin/load-users'] }, 200);
    for (const { client } of holders) {
      await client.get('/admin/load-users', 200);
      expect(await urlsOf(client)).toContain('/admin/load-users');
    }
    await server.superadmin.put('/roles/update-rights', { type: role, rights: [] }, 200);
    for (const { client } of holders) {
      await client.get('/admin/load-users', 403);
      await client.get('/audit/load', 403);
      expect(await urlsOf(client)).not.toContain('/audit/load');
    }
  });

  it('right taken from guest, counts on the next request of a session that was never assigned guest alone', async () => {
    const ann = await server.newUser(await server.newRole('/audit/load'));
    await server.superadmin.put('/roles/update-rights', { type: 'guest', remove: [{ url: '/profile/sessions' }] }, 200);
    await ann.client.get('/profile/sessions', 403);
    await server.superadmin.put('/roles/update-rights', { type: 'guest', add: ['/profile/sessions'] }, 200);
    await ann.client.get('/profile/sessions', 200);
  });

  it('role deleted with a heir, counts on the next request', async () => {
    const [old, heir] = [await server.newRole('/audit/load'), await server.newRole('/admin/load-users')];
    const ann = await server.newUser(old);
    await server.superadmin.delete(`/roles/delete?type=${old}&reassignTo=${heir}`, 204);
    await ann.client.get('/audit/load', 403);
    await ann.client.get('/admin/load-users', 200);
    expect((await meOf(ann.client)).roles.map(({ type }) => type)).toEqual(['guest', heir]);
  });

  it('session renewed for new rights, keeps its id, its expiry and its one document', async () => {
    const ann = await server.newUser();
    const before = await server.stores.sessions.find({ tenantId: 'default', userId: ann.userId }).lean();
    await server.superadmin.post('/roles/assign', { userId: ann.userId, type: 'user', mode: 'add' }, 200);
    await meOf(ann.client);
    const after = await server.stores.sessions.find({ tenantId: 'default', userId: ann.userId }).lean();
    expect(after.map(({ _id, expiresAt }) => ({ _id, expiresAt }))).toEqual(before.map(({ _id, expiresAt }) => ({ _id, expiresAt })));
    expect(after[0]?.rightSetId).not.toBe(before[0]?.rightSetId);
  });

  it('own sessions, listed, are those of this user alone, and one of them is the current one', async () => {
    const ann = await server.newUser();
    const second = await again(ann);
    await server.newUser();
    const listed = (await ann.client.get('/profile/sessions', 200)).body;
    expect(listed.items.map(({ userId, current, device }) => [userId, current, device.ip]))
      .toEqual([[ann.userId, true, '127.0.0.1'], [ann.userId, false, '127.0.0.1']]);
    expect(await currentOf(second)).not.toBe(await currentOf(ann.client));
  });

  it('own other session, ended, is refused at once and the asking one goes on', async () => {
    const ann = await server.newUser();
    const second = await again(ann);
    await ann.client.delete(`/profile/sessions/${await currentOf(second)}`, 204);
    await expectEnded(second);
    expect(await ownSessions(ann.client)).toEqual([await currentOf(ann.client)]);
  });

  it('logout, ends this session and no other', async () => {
    const ann = await server.newUser();
    const second = await again(ann);
    await ann.client.post('/users/logout', undefined, 204);
    await expectEnded(ann.client);
    expect(await ownSessions(second)).toEqual([await currentOf(second)]);
    expect((await ann.client.post('/users/logout', undefined, 401)).body).toMatchObject({ code: 'session-ended' });
  });

  it('logout, sent twice at once, ends the session and answers nothing else than 204, 401 or 404', async () => {
    const ann = await server.newUser();
    const answers = await Promise.all([1, 2, 3].map(() => ann.client.post('/users/logout')));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.every(({ status }) => [204, 401, 404].includes(status))).toBe(true);
    await expectEnded(ann.client);
  });

  it('session of somebody else, ended from the profile, is 404 exactly as a missing one and goes on', async () => {
    const [ann, bob] = [await server.newUser(), await server.newUser()];
    const foreign = await ann.client.delete(`/profile/sessions/${await currentOf(bob.client)}`, 404);
    const missing = await ann.client.delete('/profile/sessions/ffffffffffffffffffffffff', 404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    await meOf(bob.client);
  });

  it('session of a user, listed and ended by an admin, is refused at once; that of a superadmin is not theirs to end', async () => {
    const [admin, ann] = [await server.newUser('admin'), await server.newUser()];
    const listed = itemsOf(await admin.client.get(`/admin/load-sessions?userId=${ann.userId}`, 200));
    expect(listed.map(({ sessionId, userId }) => [sessionId, userId])).toEqual([[await currentOf(ann.client), ann.userId]]);
    await admin.client.delete(`/admin/delete-session/${listed[0]?.sessionId}`, 204);
    await expectEnded(ann.client);
    expect(codeOf(await admin.client.delete(`/admin/delete-session/${listed[0]?.sessionId}`, 404))).toBe('session-not-found');
    expect(codeOf(await admin.client.delete(`/admin/delete-session/${await currentOf(server.superadmin)}`, 403)))
      .toBe('target-outranks-caller');
    await meOf(server.superadmin);
  });

  it('user disabled, is refused with a code of its own, and enabled again, has to log in anew', async () => {
    const ann = await server.newUser();
    await server.superadmin.post('/admin/disable-user', { userId: ann.userId }, 200);
    await expectEnded(ann.client, 'user-disabled');
    await server.anonymous.post('/users/login', { email: ann.email, password: ann.password }, 401);
    await server.superadmin.post('/admin/enable-user', { userId: ann.userId }, 200);
    await expectEnded(ann.client);
    await meOf(await server.anonymous.logIn(ann.email, ann.password));
  });

  it('user deleted, takes every session along', async () => {
    const ann = await server.newUser();
    const second = await again(ann);
    await server.superadmin.delete(`/admin/delete-user/${ann.userId}`, 204);
    await expectEnded(ann.client);
    await expectEnded(second);
    expect(await server.stores.sessions.countDocuments({ tenantId: 'default', userId: ann.userId })).toBe(0);
  });

  it('session left over without its user, is refused', async () => {
    const ann = await server.newUser();
    await server.stores.users.deleteOne({ tenantId: 'default', _id: ann.userId });
    await expectEnded(ann.client);
  });

  it('8 hours, passed by the clock, end a session whose token is still good, before the store clears it', async () => {
    const ann = await server.newUser();
    skew = 8 * hour - 60_000;
    await meOf(ann.client);
    skew = 8 * hour;
    await expectEnded(ann.client);
    const later = await again(ann);
    expect(await ownSessions(later)).toEqual([await currentOf(later)]);
    expect(await server.stores.sessions.countDocuments({ tenantId: 'default', userId: ann.userId })).toBe(2);
    const [old] = await server.stores.sessions.find({ tenantId: 'default', userId: ann.userId }).sort({ createdAt: 1 }).lean();
    await later.delete(`/profile/sessions/${old?._id}`, 404);
  });

  it('lifetime of an access token, passed by the clock, is token-expired although the session would have gone on', async () => {
    const ann = await server.newUser();
    await server.stores.sessions.updateOne(
      { tenantId: 'default', userId: ann.userId }, { $set: { expiresAt: new Date(Date.now() + 100 * hour) } },
    );
    skew = 24 * hour - 5_000;
    await meOf(ann.client);
    skew = 24 * hour + 61_000;
    await expectEnded(ann.client, 'token-expired');
  });
});
