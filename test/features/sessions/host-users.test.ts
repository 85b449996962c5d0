import { setTimeout as sleep } from 'node:timers/promises';
import type { HostUser, HostUsers } from '../../../src/features/users/host-users.service.ts';
import { bodyOf, itemsOf } from '../../support/answers.ts';
import type { Answer } from '../../support/client/client.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';
import { eventually } from '../../support/eventually.ts';

const password = 'known to the host alone';
const wrong = 'known to nobody at all';
const own = 'a long enough password';
const root = 'root@example.com';

type Login = { readonly access_token: string; readonly user: {
  readonly userId: string; readonly email?: string; readonly roles: readonly string[];
} };

describe('Logins that the host validates', () => {
  /** What the host's service knows, by username, and what it was asked. */
  const known = new Map<string, HostUser>();
  const asked: string[] = [];
  let answering: HostUsers['validateUser'] | undefined;
  const host: HostUsers = {
    validateUser: (username, given, context) => {
      asked.push(JSON.stringify([username, given, context.tenantId]));
      return answering?.(username, given, context) ?? Promise.resolve(given === password ? known.get(username) ?? null : null);
    },
  };
  let server: TestGatehouse;
  let counter = 0;
  beforeAll(async () => {
    server = await startGatehouse({
      users: host, settings: testSettings({ SUPERADMIN_EMAIL: root, SUPERADMIN_PASSWORD: own, TRUST_PROXY: 'loopback' }),
    });
  });
  beforeEach(() => {
    answering = undefined;
    asked.length = 0;
  });

  /** Somebody whom the host's service knows. */
  function newHostUser(changed: Partial<HostUser> = {}): HostUser {
    counter += 1;
    const user = { externalId: `id-${counter}`, email: `known${counter}@example.com`, firstName: 'Ann', ...changed };
    known.set(user.email, user);
    return user;
  }
  /** From an address of its own each time, so that no test delays another. */
  const logIn = (email: string, given: string, expected?: number): Promise<Answer> => server.anonymous.send('POST', '/users/login', {
    body: { email, password: given }, headers: { 'X-Forwarded-For': `198.51.100.${(counter += 1)}` },
    ...(expected !== undefined && { expected }),
  });
  const loggedIn = async (email: string, given = password) => (await logIn(email, given, 200)).body as Login;
  const storedOf = (externalId: string) => server.stores.users.find({ tenantId: 'default', externalId }).select('+password').lean();

  it('of somebody new, make a user without a password and with the default role, once', async () => {
    const { externalId, email } = newHostUser();
    const first = await loggedIn(email);
    expect(first.user).toMatchObject({ email, emailVerified: false, firstName: 'Ann', roles: ['guest'] });
    await server.anonymous.withToken(first.access_token).get('/profile/me', 200);
    const second = await loggedIn(email);
    expect(second.user.userId).toBe(first.user.userId);
    const stored = await storedOf(externalId);
    expect(stored).toHaveLength(1);
    expect(stored[0]).not.toHaveProperty('password');
    expect(asked).toEqual(Array(2).fill(JSON.stringify([email, password, 'default'])));
  });

  it('of somebody whose address changed at the host, find the same user', async () => {
    const { externalId, email } = newHostUser();
    const { user: { userId } } = await loggedIn(email);
    const moved = newHostUser({ externalId });
    expect((await loggedIn(moved.email)).user).toMatchObject({ userId, email });
  });

  it('of somebody new, five at once, make one user', async () => {
    const { externalId, email } = newHostUser();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => logIn(email, password)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await storedOf(externalId)).toHaveLength(1);
  });

  it('with a wrong password, of known and unknown names alike, are refused and make nobody', async () => {
    const { externalId, email } = newHostUser();
    for (const name of [email, 'nobody@example.com']) {
      expect((await logIn(name, wrong, 401)).body).toMatchObject({ code: 'invalid-credentials' });
    }
    expect(await storedOf(externalId)).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  it('with a password of Gatehouse\'s own, are not told to the host; with a wrong one the host is asked as well', async () => {
    await logIn(root, own, 200);
    expect(asked).toEqual([]);
    await logIn(root, wrong, 401);
    expect(asked).toHaveLength(1);
  });

  it('of somebody whose address is that of another user here, are refused: nobody is taken for somebody else', async () => {
    const { externalId } = newHostUser({ email: root });
    expect((await logIn(root, password, 409)).body).toMatchObject({ code: 'email-taken' });
    expect(await storedOf(externalId)).toEqual([]);
  });

  it('of a person whose address a stranger registered and never confirmed, succeed, and remove that account and its sessions', async () => {
    const { externalId, email } = newHostUser();
    const registered = bodyOf(await server.anonymous.post('/users/register', { email, password: own }, 201));
    const squatter = await server.anonymous.logIn(email, own);
    expect((await loggedIn(email)).user).toMatchObject({ email, roles: ['guest'] });
    expect(await storedOf(externalId)).toMatchObject([{ emailVerified: false }]);
    await squatter.get('/profile/me', 401);
    expect((await logIn(email, own, 401)).body).toMatchObject({ code: 'invalid-credentials' });
    const records = itemsOf(await server.superadmin.get('/audit/load?action=user.displaced', 200));
    expect(records).toMatchObject([{ target: { kind: 'user', id: registered.userId } }]);
  });

  const changes: [string, (userId: string) => Promise<unknown>][] = [
    ['is confirmed', (userId) => server.stores.users.updateOne({ tenantId: 'default', _id: userId }, { $set: { emailVerified: true } })],
    ['was confirmed before its address changed', (userId) => server.stores.users.updateOne(
      { tenantId: 'default', _id: userId }, { $set: { verifiedRoleGiven: true } },
    )],
    ['has a role', (userId) => server.superadmin.post('/roles/assign', { userId, type: 'user', mode: 'add' }, 200)],
    ['has a membership', (userId) => server.superadmin.post('/memberships/add', { userId, resource: 'projects/1', type: 'user' }, 201)],
    ['is in a group', async (userId) => {
      const { body } = await server.superadmin.post('/groups/create', { groupName: 'some', roles: [] }, 201);
      await server.superadmin.post('/groups/add-users', [{ userId, groupId: body.groupId }], 204);
    }],
    ['is disabled', (userId) => server.superadmin.post('/admin/disable-user', { userId }, 200)],
  ];
  it.each(changes)('of somebody whose address an account has that %s, are refused and told, and the account stays', async (
    _what, change,
  ) => {
    const { externalId, email } = newHostUser();
    const { userId } = bodyOf(await server.superadmin.post('/admin/create-user', { email, password: own }, 201));
    await change(userId);
    expect((await logIn(email, password, 409)).body)
      .toMatchObject({ code: 'email-taken', detail: expect.stringContaining('ask an administrator') as string });
    expect(await storedOf(externalId)).toEqual([]);
    expect(await server.stores.users.countDocuments({ tenantId: 'default', _id: userId })).toBe(1);
  });

  it('of a disabled user, are refused like a wrong password, and the session ends', async () => {
    const { email } = newHostUser();
    const { access_token, user: { userId } } = await loggedIn(email);
    await server.superadmin.post('/admin/disable-user', { userId }, 200);
    expect((await logIn(email, password, 401)).body).toMatchObject({ code: 'invalid-credentials' });
    await server.anonymous.withToken(access_token).get('/profile/me', 401);
  });

  it('that fail ten times, are delayed before the host is asked', async () => {
    const { email } = newHostUser();
    for (let time = 0; time < 10; time += 1) await logIn(email, wrong, 401);
    asked.length = 0;
    await logIn(email, password, 429);
    expect(asked).toEqual([]);
  });

  it.each<[string, HostUsers['validateUser']]>([
    ['throws', () => { throw new TypeError(`no ${password}`); }],
    ['rejects', () => Promise.reject(new Error(`no ${password}`))],
    ['answers undefined', () => Promise.resolve(undefined as unknown as null)],
    ['answers a user without an id', () => Promise.resolve({ email: 'ann@example.com' } as unknown as HostUser)],
    ['answers a query for an id', () => Promise.resolve({ externalId: { $gt: '' }, email: 'ann@example.com' } as unknown as HostUser)],
    ['answers an empty id', () => Promise.resolve({ externalId: '', email: 'ann@example.com' })],
    ['answers no address', () => Promise.resolve({ externalId: 'id', email: 'ann' })],
  ])('that the host %s, are answered 503 and let nobody in, and the others still log in', async (_what, validateUser) => {
    answering = validateUser;
    expect((await logIn('somebody@example.com', password, 503)).body).toMatchObject({ code: 'users-unreachable' });
    await logIn(root, own, 200);
    expect(await server.stores.users.countDocuments({ tenantId: 'default', externalId: { $in: ['', 'id'] } })).toBe(0);
  });

  it('that the host does not answer, are answered 503 after 5 s and count as failed', async () => {
    const { email } = newHostUser();
    answering = () => sleep(60_000, null, { ref: false });
    const begun = performance.now();
    await logIn(email, password, 503);
    expect(performance.now() - begun).toBeGreaterThan(4_900);
    answering = () => Promise.reject(new Error());
    for (let time = 0; time < 10; time += 1) await logIn(email, password);
    expect((await logIn(email, password)).status).toBe(429);
  }, 30_000);

  it('create users who cannot get a password here by mail, link or administrator', async () => {
    const { externalId, email } = newHostUser();
    const { access_token, user: { userId } } = await loggedIn(email);
    const user = server.anonymous.withToken(access_token);
    await server.anonymous.post('/users/forgot-password', { email }, 202);
    await server.anonymous.post('/users/resend-verification', { email }, 202);
    expect((await server.superadmin.post('/admin/set-new-password', { userId }, 409)).body).toMatchObject({ code: 'mail-not-possible' });
    await user.post('/profile/set-new-password', { currentPassword: password, newPassword: 'another fine long phrase' }, 403);
    await server.superadmin.put(`/admin/update-user/${userId}`, { email: `new-${email}` }, 200);
    await eventually(async () => await server.stores.outbox.exists({ tenantId: 'default', mail: { $exists: true } }) === null);
    expect(await server.stores.tokens.find({ tenantId: 'default', userId }).lean()).toEqual([]);
    expect((await storedOf(externalId))[0]).not.toHaveProperty('password');
  }, 20_000);
});

describe('A superadmin that the host knows', () => {
  it('where none has a password, is not the one that set-up link and settings give one to', async () => {
    const known: HostUser = { externalId: 'head', email: 'head@example.com' };
    const settings = testSettings();
    const server = await startGatehouse({ settings, users: { validateUser: () => Promise.resolve(known) } });
    try {
      const { userId } = (await server.anonymous.post('/users/login', { email: known.email, password }, 200)).body.user;
      const { users } = server.stores;
      await users.deleteMany({ tenantId: 'default', roles: 'superadmin' });
      await users.updateOne({ tenantId: 'default', _id: userId }, { $set: { roles: ['superadmin'] } });
      expect(await server.gatehouse.renewSetUpToken()).toBeNull();
      const later = await startGatehouse(
        { database: server.database, logsIn: false, settings: { ...settings, superadmin: { email: root, password: own } } },
      );
      expect(later.report.superadmin).toBe('set-from-settings');
      await later.close();
      expect(await users.findOne({ tenantId: 'default', _id: userId }).select('+password').lean()).not.toHaveProperty('password');
    } finally {
      await server.close();
    }
  }, 20_000);
});
