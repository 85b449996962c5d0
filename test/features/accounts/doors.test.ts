import type { Answer } from '../../support/client/client.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mailbox } from '../../support/mailbox.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

const chosen = 'another fine long phrase';
let mailbox: Mailbox;
let server: TestGatehouse;
beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startGatehouse({
    settings: testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', SMTP_URL: mailbox.url }),
  });
});
const codeOf = ({ status, body }: Answer) => [status, (body as { code?: string }).code]; // of a problem
const stored = ({ userId }: TestUser) => server.stores.users.findOne({ tenantId: 'default', _id: userId }).select('+password').lean();

/** A user who has read the first mail, and a link to set the password. */
async function newReader(): Promise<TestUser & { readonly token: string }> {
  const user = await server.newUserByApi();
  await mailbox.next(user.email);
  await server.anonymous.post('/users/forgot-password', { email: user.email }, 202);
  return { ...user, token: (await mailbox.next(user.email)).token };
}

describe('a new password', () => {
  it.each(['short', 'password1234', 'gatehouse-gatehouse', 'USER.user.User.1', 'x'.repeat(257)])('%j, is refused at every door', async (
    weak,
  ) => {
    const { client, password, token } = await newReader();
    const answers = [
      await server.anonymous.post('/users/register', { email: 'new@example.com', password: weak }),
      await server.superadmin.post('/admin/create-user', { email: 'new@example.com', password: weak, username: 'User' }),
      await server.anonymous.post('/users/reset-password', { token, password: weak }),
      await client.post('/profile/set-new-password', { currentPassword: password, newPassword: weak }),
    ];
    // Made of a name: only where that name is the owner's.
    const expected = weak.startsWith('USER') ? [2, 3] : [0, 1, 2, 3];
    expect(answers.map(codeOf).filter((_each, door) => expected.includes(door))).toEqual(expected.map(() => [422, 'weak-password']));
  });

  it('set by its owner, takes the old one\'s place; with a wrong or missing old one, changes nothing', async () => {
    const user = await server.newUserByApi();
    const before = await stored(user);
    const set = (body: object) => user.client.post('/profile/set-new-password', body);
    expect(codeOf(await set({ currentPassword: 'not my password at all', newPassword: chosen }))).toEqual([403, 'wrong-password']);
    expect(codeOf(await set({ newPassword: chosen }))).toEqual([422, 'invalid-input']);
    expect(await stored(user)).toEqual(before);
    await user.client.post('/profile/set-new-password', { currentPassword: user.password, newPassword: chosen }, 204);
    await server.anonymous.logIn(user.email, chosen);
    expect(codeOf(await server.anonymous.post('/users/login', { email: user.email, password: user.password })))
      .toEqual([401, 'invalid-credentials']);
  });

  it('asked for by an administrator, is chosen by the user alone: neither sent nor answered', async () => {
    const { userId, email } = await server.newUserByApi();
    await mailbox.next(email);
    expect(codeOf(await server.superadmin.post('/admin/set-new-password', { userId, password: chosen }))).toEqual([422, 'invalid-input']);
    expect((await server.superadmin.post('/admin/set-new-password', { userId }, 202)).body).toBe('');
    expect((await mailbox.next(email)).for).toBe('reset-password');
  });

  it('guessed at with a session, is slowed like a login', async () => {
    const { client } = await server.newUserByApi();
    for (let time = 0; time < 10; time += 1) {
      expect((await client.post('/profile/delete-account', { password: 'not my password at all' })).status).toBe(403);
    }
    const { headers, status } = await client.post('/profile/delete-account', { password: 'not my password at all' });
    expect([status, Number(headers.get('retry-after'))]).toEqual([429, 1]);
  });
});

describe('a mailed link', () => {
  it('used, opens no session: what is answered holds no token', async () => {
    const user = await server.newUserByApi();
    const { token } = await mailbox.next(user.email);
    const verified = await server.anonymous.post('/users/verify-email', { token, password: user.password }, 200);
    const { token: reset } = await newReader();
    const done = await server.anonymous.post('/users/reset-password', { token: reset, password: chosen }, 200);
    expect(JSON.stringify([verified.body, done.body, [...verified.headers], [...done.headers]])).not.toMatch(/token|set-cookie/i);
  });
});

describe('an address', () => {
  it('one\'s own, changes with the password alone: not without it, nor as an administrator of oneself', async () => {
    const user = await server.newUserByApi('admin');
    const before = await stored(user);
    expect(codeOf(await user.client.post('/profile/change-email', { email: 'moved@example.com', password: chosen })))
      .toEqual([403, 'wrong-password']);
    expect(codeOf(await user.client.post('/profile/change-email', { email: 'moved@example.com' }))).toEqual([422, 'invalid-input']);
    const update = { body: { email: 'moved@example.com' } };
    expect(codeOf(await user.client.send('PUT', `/admin/update-user/${user.userId}`, update))).toEqual([409, 'self-not-allowed']);
    expect(await stored(user)).toEqual(before);
  });

  it('changed by an administrator, is not verified, is told to the old one, and leaves old links useless', async () => {
    const user = await newReader();
    const moved = `moved-${user.email}`;
    const { body } = await server.superadmin.send('PUT', `/admin/update-user/${user.userId}`, { body: { email: moved }, expected: 200 });
    expect(body).toMatchObject({ email: moved, emailVerified: false });
    expect([(await mailbox.next(moved)).for, (await mailbox.next(user.email)).subject])
      .toEqual(['verify-email', 'Your e-mail address for Gatehouse was changed']);
    expect(codeOf(await server.anonymous.post('/users/reset-password', { token: user.token, password: chosen })))
      .toEqual([409, 'link-invalid']);
  });
});

describe('a refresh token', () => {
  it('of each login and exchange, is another one of 256 bits', async () => {
    const { email, password } = await server.newUserByApi();
    const tokens: string[] = [];
    for (let login = 0; login < 3; login += 1) {
      const { body } = await server.anonymous.post('/users/login', { email, password }, 200);
      const { refresh_token: first } = body;
      const { body: next } = await server.anonymous.post('/users/refresh', { refresh_token: first }, 200);
      tokens.push(first, next.refresh_token);
    }
    expect(new Set(tokens).size).toBe(6);
    expect(tokens.map((token) => Buffer.from(token.split('.')[1] ?? '', 'base64url').length)).toEqual(tokens.map(() => 32));
  });
});
