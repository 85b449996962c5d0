import { codeOf } from '../../support/answers.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mailbox } from '../../support/mailbox.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

const password = 'purple monkey dishwasher';
const other = 'another fine long phrase';
let mailbox: Mailbox;
let server: TestGatehouse;
beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startGatehouse({
    settings: testSettings({
      SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', SMTP_URL: mailbox.url, TRUST_PROXY: 'loopback',
    }),
  });
});
let counter = 0;
const newAddress = () => `person${(counter += 1)}@example.com`;

/** Registers somebody, each from a source of their own, since a source may do so five times an hour. */
async function register(email: string, extra: object = {}): Promise<{ userId: string }> {
  counter += 1;
  const { body } = await server.anonymous.send('POST', '/users/register', {
    body: { email, password, ...extra }, headers: { 'X-Forwarded-For': `10.1.0.${counter % 250}` }, expected: 201,
  });
  return body;
}

describe('an account', () => {
  it('registered, is refused as a guest, and with the open session allowed as soon as the address is verified', async () => {
    const email = newAddress();
    await register(email, { username: 'Ann', firstName: 'Ann' });
    const guest = await server.anonymous.logIn(email, password);
    expect(codeOf(await guest.post('/profile/change-username', { username: 'ann' }))).toBe('right-missing');

    const mail = await mailbox.next(email);
    expect(mail.link).toMatch(/^http:\/\/127\.0\.0\.1:3000\/users\/confirm#token=default\.[\w-]{43}&for=verify-email$/);
    const verified = await server.anonymous.post('/users/verify-email', { token: mail.token, password }, 200);
    expect(verified.body).toMatchObject({ email, emailVerified: true, roles: ['user'] });
    expect((await guest.post('/profile/change-username', { username: 'annie' }, 200)).body).toMatchObject({ username: 'annie' });
    expect((await guest.send('PATCH', '/profile/update-profile-data', { body: { lastName: 'Bell' } })).body)
      .toMatchObject({ firstName: 'Ann', lastName: 'Bell' });
  });

  it('verified, keeps the roles that were assigned to it', async () => {
    const email = newAddress();
    const { userId } = await register(email);
    const type = await server.newRole('/admin/load-users');
    await server.superadmin.post('/roles/assign', { userId, type, mode: 'add' }, 200);
    const { token } = await mailbox.next(email);
    expect((await server.anonymous.post('/users/verify-email', { token, password }, 200)).body.roles).toEqual([type, 'user']);
  });

  it('registered with an address that somebody has in other letter case, is refused', async () => {
    const email = newAddress();
    await register(email);
    expect(codeOf(await server.anonymous.post('/users/register', { email: email.toUpperCase(), password }))).toBe('email-taken');
  });

  it('invited, gets a password by the link, and is verified', async () => {
    const email = newAddress();
    const { body } = await server.superadmin.post('/admin/create-user', { email }, 201);
    expect(body).toMatchObject({ roles: ['guest'], emailVerified: false });
    const mail = await mailbox.next(email);
    expect([mail.for, (await server.anonymous.post('/users/login', { email, password })).status]).toEqual(['invitation', 401]);
    await server.anonymous.post('/users/reset-password', { token: mail.token, password }, 200);
    const { body: login } = await server.anonymous.post('/users/login', { email, password }, 200);
    expect(login).toMatchObject({ user: { emailVerified: true, roles: ['user'] } });
  });

  it('whose password is forgotten, gets a new one by the link, and every session of before ends', async () => {
    const email = newAddress();
    await register(email);
    await mailbox.next(email);
    const before = await server.anonymous.logIn(email, password);
    await server.anonymous.post('/users/forgot-password', { email: email.toUpperCase() }, 202);
    const mail = await mailbox.next(email);
    expect(mail.for).toBe('reset-password');
    await server.anonymous.post('/users/reset-password', { token: mail.token, password: other }, 200);
    expect(codeOf(await before.get('/profile/me'))).toBe('session-ended');
    expect(codeOf(await server.anonymous.post('/users/login', { email, password }))).toBe('invalid-credentials');
    expect((await server.anonymous.post('/users/login', { email, password: other }, 200)).body)
      .toMatchObject({ user: { emailVerified: true, roles: ['user'] } });
    expect((await mailbox.next(email)).subject).toContain('was changed');
  });

  it('whose password an administrator resets, is mailed a link, and keeps its password until the link is used', async () => {
    const email = newAddress();
    const { userId } = await register(email);
    await mailbox.next(email);
    await server.superadmin.post('/admin/set-new-password', { userId }, 202);
    const mail = await mailbox.next(email);
    await server.anonymous.logIn(email, password);
    await server.anonymous.post('/users/reset-password', { token: mail.token, password: other }, 200);
    await server.anonymous.logIn(email, other);
  });

  it('moved to another address, counts the new one once its link is used, and tells the old one', async () => {
    const [email, moved] = [newAddress(), newAddress()];
    await register(email);
    await mailbox.next(email);
    const client = await server.anonymous.logIn(email, password);
    expect(codeOf(await client.post('/profile/change-email', { email: moved, password: other }))).toBe('wrong-password');
    expect(codeOf(await client.post('/profile/change-email', { email: 'root@example.com', password }))).toBe('email-taken');
    await client.post('/profile/change-email', { email: moved, password }, 202);
    const mail = await mailbox.next(moved);
    expect((await client.get('/profile/me')).body).toMatchObject({ user: { email } });
    expect((await server.anonymous.post('/users/verify-email', { token: mail.token, password }, 200)).body)
      .toMatchObject({ email: moved, emailVerified: true, roles: ['user'] });
    expect((await mailbox.next(email)).subject).toContain('was changed');
    await server.anonymous.logIn(moved, password);
    expect((await server.anonymous.post('/users/login', { email, password })).status).toBe(401);
  });

  it('whose owner sets a new password, keeps this session and ends the others', async () => {
    const email = newAddress();
    await register(email);
    await mailbox.next(email);
    const [mine, elsewhere] = [await server.anonymous.logIn(email, password), await server.anonymous.logIn(email, password)];
    expect(codeOf(await mine.post('/profile/set-new-password', { currentPassword: other, newPassword: other }))).toBe('wrong-password');
    expect(codeOf(await mine.post('/profile/set-new-password', { currentPassword: password, newPassword: email }))).toBe('weak-password');
    await mine.post('/profile/set-new-password', { currentPassword: password, newPassword: other }, 204);
    expect([(await mine.get('/profile/me')).status, (await elsewhere.get('/profile/me')).status]).toEqual([200, 401]);
    await server.anonymous.logIn(email, other);
    expect((await mailbox.next(email)).subject).toContain('was changed');
  });

  it.each([
    'by its owner', 'by an administrator',
  ])('deleted %s, leaves nothing of the person anywhere, and its id in the audit trail', async (who) => {
    const [email, moved] = [newAddress(), newAddress()];
    const names = { username: `Nick${counter}Quirk`, firstName: `First${counter}Quirk`, lastName: `Last${counter}Quirk` };
    const { userId } = await register(email, names);
    const { token } = await mailbox.next(email);
    await server.anonymous.post('/users/verify-email', { token, password }, 200);
    const { body } = await server.anonymous.send('POST', '/users/login', {
      body: { email, password }, headers: { 'X-Forwarded-For': '203.0.113.77', 'User-Agent': `Agent${counter}Quirk` }, expected: 200,
    });
    const client = server.anonymous.withToken(body.access_token);
    await client.post('/profile/change-email', { email: moved, password }, 202);
    await mailbox.next(moved);
    await server.superadmin.send('PUT', `/admin/update-user/${userId}`, { body: { firstName: `${names.firstName}2` }, expected: 200 });

    if (who === 'by its owner') {
      expect(codeOf(await client.post('/profile/delete-account', { password: other }))).toBe('wrong-password');
      await client.post('/profile/delete-account', { password }, 204);
    } else await server.superadmin.delete(`/admin/delete-user/${userId}`, 204);

    expect((await client.get('/profile/me')).status).toBe(401);
    const everything = JSON.stringify(
      await Promise.all((await server.connection.listCollections()).map(({ name }) => server.connection.collection(name).find().toArray())),
    );
    const personal = [email, moved, ...Object.values(names), '203.0.113.77', `Agent${counter}Quirk`];
    expect(personal.filter((word) => everything.toLowerCase().includes(word.toLowerCase()))).toEqual([]);
    const records = await server.stores.auditRecords.find({ tenantId: 'default', 'target.id': userId }).lean();
    expect(records.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['user.register', 'user.verify-email', who === 'by its owner' ? 'user.delete-account' : 'user.delete']),
    );
    await register(email);
  });

  it('of the last superadmin, is not deleted by its owner', async () => {
    expect(codeOf(await server.superadmin.post('/profile/delete-account', { password: 'a long enough password' }))).toBe('last-superadmin');
  });
});

describe('an address', () => {
  it('with a domain in another script or spelling, is the same: taken, found, logged in to, and mailed by its ASCII name', async () => {
    const stored = 'u@bu\u0308cher.example';
    await register(stored);
    expect((await mailbox.next('u@bücher.example')).token).not.toBe(''); // as the mail server reads punycode
    for (const email of ['u@bücher.example', 'U@xn--BCHER-kva.example']) {
      expect([email, codeOf(await server.superadmin.post('/admin/create-user', { email, password }))]).toEqual([email, 'email-taken']);
      await server.anonymous.logIn(email, password);
      expect((await server.superadmin.get(`/admin/load-users?email=${encodeURIComponent(email)}`, 200)).body)
        .toMatchObject({ items: [{ email: stored }] });
    }
  });

  it('that looks like another one, is refused wherever an address is set', async () => {
    const { client, userId } = await server.newUser();
    for (const email of ['v@exam\u00adple.com', 'v\u200b@example.com', 'ﬁ@example.com']) {
      const answers = [
        await server.anonymous.post('/users/register', { email, password }),
        await server.superadmin.post('/admin/create-user', { email, password }),
        await server.superadmin.put(`/admin/update-user/${userId}`, { email }),
        await client.post('/profile/change-email', { email, password }),
        await server.superadmin.post('/tenants/create', { name: 'acme', admin: { email } }),
      ];
      expect([email, answers.map(codeOf)]).toEqual([email, answers.map(() => 'invalid-input')]);
    }
  });
});

describe('a hijacker', () => {
  it('who registered the victim\'s address and keeps a session, gains nothing by the victim\'s click and loses it by a reset', async () => {
    const victim = newAddress();
    await register(victim);
    const { body } = await server.anonymous.post('/users/login', { email: victim, password }, 200);
    const { access_token: token, refresh_token: refreshToken } = body;
    const attacker = server.anonymous.withToken(token);
    const mail = await mailbox.next(victim);

    // The victim clicks, and gives some password of theirs, for they know no other.
    expect(codeOf(await server.anonymous.post('/users/verify-email', { token: mail.token, password: 'what the victim uses elsewhere' })))
      .toBe('wrong-password');
    expect(codeOf(await attacker.post('/profile/change-username', { username: 'me' }))).toBe('right-missing');

    // The victim takes the address back. A link to an address of the attacker's, asked for before, is worth nothing then.
    const mine = newAddress();
    await attacker.post('/profile/change-email', { email: mine, password }, 202);
    const { token: link } = await mailbox.next(mine);
    await server.anonymous.post('/users/forgot-password', { email: victim }, 202);
    const reset = await mailbox.next(victim);
    await server.anonymous.post('/users/reset-password', { token: reset.token, password: other }, 200);
    expect((await attacker.get('/profile/me')).status).toBe(401);
    expect((await server.anonymous.post('/users/refresh', { refresh_token: refreshToken })).status).toBe(401);
    expect((await server.anonymous.post('/users/login', { email: victim, password })).status).toBe(401);
    expect(codeOf(await server.anonymous.post('/users/verify-email', { token: link, password }))).toBe('link-invalid');
    await server.anonymous.logIn(victim, other);
  });
});
