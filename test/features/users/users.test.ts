import { bodyOf, codeOf, itemsOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const password = 'correct horse battery';

const server = await startGatehouse();

describe('users', () => {
  const load = async (query: string) => itemsOf(await server.superadmin.get(`/admin/load-users?${query}`, 200));
  const create = (body: object, expected = 201) => server.superadmin.post('/admin/create-user', body, expected);
  const update = (userId: string, body: object, expected = 200) => server.superadmin.put(`/admin/update-user/${userId}`, body, expected);

  it('create-user, all fields sent, a guest who can log in, without any password in the answer', async () => {
    const sent = { email: 'Ann@Example.com', username: 'ann', firstName: 'Ann', lastName: 'Lee' };
    const { body } = await create({ ...sent, password });
    const anyText = expect.any(String) as unknown;
    expect(body)
      .toEqual({ ...sent, userId: anyText, emailVerified: false, roles: ['guest'], isActive: true, version: 1, createdAt: anyText });
    await server.anonymous.logIn('ann@example.com', password);
  });

  it('create-user, the address in another letter case, refused with email-taken', async () => {
    await create({ email: 'bob@example.com', password });
    expect(codeOf(await create({ email: 'BOB@Example.com', password }, 409))).toBe('email-taken');
  });

  it('create-user, two at once with one address, exactly one wins', async () => {
    const twins = ['twin@example.com', 'Twin@example.com'];
    const answers = await Promise.all(twins.map((email) => server.superadmin.post('/admin/create-user', { email, password })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await load('email=twin@example.com')).toHaveLength(1);
  });

  it.each([
    ['a short password', { email: 'c@example.com', password: 'too short' }, 'weak-password'],
    ['an empty password', { email: 'c@example.com', password: '' }, 'weak-password'],
    ['no address', { password }, 'invalid-input'],
    ['an address that is none', { email: 'nobody', password }, 'invalid-input'],
    ['a role', { email: 'c@example.com', password, roles: ['superadmin'] }, 'invalid-input'],
    ['a tenant', { email: 'c@example.com', password, tenantId: 'other' }, 'invalid-input'],
    ['an operator for a password', { email: 'c@example.com', password: { $gt: '' } }, 'invalid-input'],
  ])('create-user, %s, refused', async (_what, body, code) => {
    expect(codeOf(await create(body, 422))).toBe(code);
  });

  it('load-users, filtered by email, role and active, only those that fit all', async () => {
    const role = await server.newRole();
    const [on, off] = [await server.newUserByApi(role), await server.newUserByApi(role)];
    await server.superadmin.post('/admin/disable-user', { userId: off.userId }, 200);
    const ids = async (query: string) => (await load(query)).map(({ userId }) => userId);
    expect(await ids(`email=${on.email.toUpperCase()}`)).toEqual([on.userId]);
    expect(await ids(`role=${role}`)).toEqual([on.userId, off.userId]);
    expect(await ids(`role=${role}&active=true`)).toEqual([on.userId]);
    expect(await ids(`role=${role}&active=false`)).toEqual([off.userId]);
    expect(await ids(`role=${role}&active=false&email=${on.email}`)).toEqual([]);
    expect(await ids('role=nobody')).toEqual([]);
  });

  it.each(['active=1', 'active=', 'role[$ne]=x', 'email=nobody', 'limit=a', 'sort=roles', 'email=a@example.com&email=b@example.com'])(
    'load-users, %s, refused with invalid-input', async (query) => {
      expect(codeOf(await server.superadmin.get(`/admin/load-users?${query}`, 422))).toBe('invalid-input');
    });

  it('load-user, no such user, 404', async () => {
    expect(codeOf(await server.superadmin.get('/admin/load-user/nobody', 404))).toBe('user-not-found');
  });

  it('update-user, names and address, changed, and the old address logs in no longer', async () => {
    const { userId, email, password: secret } = await server.newUserByApi();
    const changed = { email: 'new-name@example.com', username: 'new', firstName: 'New', lastName: 'Name' };
    expect(bodyOf(await update(userId, { ...changed, username: ' new ' }))).toMatchObject({ ...changed, version: 2 });
    await server.anonymous.logIn(changed.email, secret);
    expect(codeOf(await server.anonymous.post('/users/login', { email, password: secret }, 401))).toBe('invalid-credentials');
  });

  it('update-user, one field, the others stay, and sessions go on', async () => {
    const { userId, email, client } = await server.newUserByApi();
    await update(userId, { firstName: 'Only' });
    expect(bodyOf(await update(userId, { lastName: 'Both' }))).toMatchObject({ email, firstName: 'Only', lastName: 'Both', version: 3 });
    await client.get('/profile/me', 200);
  });

  it('update-user, the address of somebody else, email-taken; their own in another letter case, another address', async () => {
    const [one, two] = [await server.newUserByApi(), await server.newUserByApi()];
    expect(codeOf(await update(one.userId, { email: two.email.toUpperCase() }, 409))).toBe('email-taken');
    await server.stores.users.updateOne({ tenantId: 'default', _id: one.userId }, { $set: { emailVerified: true } });
    const mails = async () => (await server.stores.outbox.find(
      { action: /^mail\.(?:verify-email|email-changed)/, 'target.id': one.userId },
    ).lean()).map(({ action }) => action).sort();
    const before = await mails();
    expect(bodyOf(await update(one.userId, { email: one.email, username: 'one' })))
      .toMatchObject({ email: one.email, emailVerified: true });
    expect(await mails()).toEqual(before);
    expect(bodyOf(await update(one.userId, { email: one.email.toUpperCase() })))
      .toMatchObject({ email: one.email.toUpperCase(), emailVerified: false });
    expect(await mails()).toEqual(['mail.email-changed', ...before, 'mail.verify-email'].sort());
  });

  it('update-user, one\'s own address in another letter case, refused as any other address of one\'s own', async () => {
    const { userId, email, client } = await server.newUserByApi('admin');
    expect(codeOf(await client.put(`/admin/update-user/${userId}`, { email: email.toUpperCase() }, 409))).toBe('self-not-allowed');
  });

  it('update-user, an old version, refused with version-conflict; two edits of one version at once, one wins', async () => {
    const { userId } = await server.newUserByApi();
    await update(userId, { username: 'first', version: 1 });
    expect(codeOf(await update(userId, { username: 'late', version: 1 }, 409))).toBe('version-conflict');
    const answers = await Promise.all(
      ['a', 'b'].map((username) => server.superadmin.put(`/admin/update-user/${userId}`, { username, version: 2 })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it.each([
    ['nothing', {}], ['a version alone', { version: 1 }], ['roles', { roles: ['superadmin'] }], ['a password', { password }],
    ['isActive', { isActive: false }],
    ['null', { username: null }],
  ])('update-user, %s, refused with invalid-input', async (_what, body) => {
    const { userId } = await server.newUserByApi();
    expect(codeOf(await update(userId, body, 422))).toBe('invalid-input');
  });

  it('disable-user and enable-user, a user with a session, refused at once and let in again by a new login', async () => {
    const { userId, email, password: secret, client } = await server.newUserByApi();
    expect(bodyOf(await server.superadmin.post('/admin/disable-user', { userId }, 200)).isActive).toBe(false);
    expect(codeOf(await client.get('/profile/me', 401))).toBe('user-disabled');
    expect(codeOf(await server.anonymous.post('/users/login', { email, password: secret }, 401))).toBe('invalid-credentials');
    expect(bodyOf(await server.superadmin.post('/admin/enable-user', { userId }, 200)).isActive).toBe(true);
    expect(codeOf(await client.get('/profile/me', 401))).toBe('session-ended');
    await server.anonymous.logIn(email, secret);
  });

  it('delete-user, a user with two sessions, both end, and the address is free again', async () => {
    const { userId, email, password: secret, client } = await server.newUserByApi();
    const second = await server.anonymous.logIn(email, secret);
    await server.superadmin.delete(`/admin/delete-user/${userId}`, 204);
    for (const each of [client, second]) expect(codeOf(await each.get('/profile/me', 401))).toBe('session-ended');
    expect(await server.stores.sessions.countDocuments({ tenantId: 'default', userId })).toBe(0);
    expect(itemsOf(await server.superadmin.get(`/admin/load-sessions?userId=${userId}`, 200))).toEqual([]);
    await server.superadmin.get(`/admin/load-user/${userId}`, 404);
    await create({ email, password });
  });

  it('disable, enable and delete, no such user, 404', async () => {
    for (const url of ['/admin/disable-user', '/admin/enable-user']) {
      expect(codeOf(await server.superadmin.post(url, { userId: 'nobody' }, 404))).toBe('user-not-found');
    }
    expect(codeOf(await server.superadmin.delete('/admin/delete-user/nobody', 404))).toBe('user-not-found');
  });
});
