import { createHash } from 'node:crypto';
import { codeOf } from '../../../support/answers.ts';
import { contentOf } from '../../../support/gatehouse/content.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../../support/test-settings.ts';

const [email, password] = ['first@example.com', 'the first password'];
const minute = 60_000;

describe('the set-up of the first superadmin', () => {
  let server: TestGatehouse;
  let now: number;
  const settings = testSettings();
  beforeEach(async () => {
    now = Date.now();
    server = await startGatehouse({ settings, clock: () => now });
  });
  const link = async () => (await server.gatehouse.renewSetUpToken()) ?? '';
  const setUp = (token: string, sent: object = {}) => server.anonymous.post(
    '/users/set-up-superadmin', { token, email, password, ...sent },
  );

  it('the link, used within 30 minutes, its user logs in and holds every URL', async () => {
    const token = await link();
    now += 30 * minute - 1_000;
    expect(await setUp(token)).toMatchObject({ status: 200, body: {} });
    const root = await server.anonymous.logIn(email, password);
    await root.get('/roles/load', 200);
    await root.get('/admin/load-users', 200);
    expect(await server.stores.users.countDocuments({ tenantId: 'default' })).toBe(1);
    expect(await server.stores.tokens.countDocuments({ tenantId: 'default' })).toBe(0);
  });

  it('the link, used a second time or after 30 minutes, refused', async () => {
    const late = await link();
    now += 30 * minute;
    expect(codeOf(await setUp(late))).toBe('set-up-link-invalid');
    const token = await link();
    expect((await setUp(token)).status).toBe(200);
    expect(codeOf(await setUp(token, { email: 'second@example.com' }))).toBe('set-up-link-invalid');
    await server.anonymous.logIn(email, password);
  });

  it('the link, replaced by the next one, refused; the next one works', async () => {
    const [first, second] = [await link(), await link()];
    expect(codeOf(await setUp(first))).toBe('set-up-link-invalid');
    expect((await setUp(second)).status).toBe(200);
  });

  it('four links at once, at most one works', async () => {
    const tokens = await Promise.all([link(), link(), link(), link()]);
    expect(await server.stores.tokens.countDocuments({ tenantId: 'default' })).toBe(1);
    const answers = [];
    for (const token of tokens) answers.push(await setUp(token));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });

  it('the link, stored, is there as a SHA-256 alone', async () => {
    const token = await link();
    const stored = await server.stores.tokens.find({ tenantId: 'default' }).lean();
    expect(stored).toEqual([{
      _id: createHash('sha256').update(token).digest('hex'), tenantId: 'default', kind: 'set-up-superadmin',
      userId: expect.any(String) as unknown, expiresAt: new Date(now + 30 * minute),
    }]);
    const secret = token.slice(token.indexOf('.') + 1);
    expect(JSON.stringify(await contentOf(server.connection))).not.toContain(secret);
  });

  it('the link, posted twice at once, exactly one wins and its address is the superadmin\'s', async () => {
    const token = await link();
    const emails = ['a@example.com', 'b@example.com'];
    const answers = await Promise.all(emails.map((address) => setUp(token, { email: address })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const stored = await server.stores.users.find({ tenantId: 'default' }).lean();
    expect(stored.map((user) => user.email)).toEqual([emails[answers.findIndex(({ status }) => status === 200)]]);
  });

  it('a weak password or a malformed address, is refused, and the link still works', async () => {
    const token = await link();
    expect(codeOf(await setUp(token, { password: 'short' }))).toBe('weak-password');
    expect(codeOf(await setUp(token, { email: 'nobody' }))).toBe('invalid-input');
    expect((await setUp(token)).status).toBe(200);
  });

  it('the link, its token is made up, any text or the stored hash, refused', async () => {
    await link();
    const [stored] = await server.stores.tokens.find({ tenantId: 'default' }).lean();
    for (const token of [`default.${'A'.repeat(43)}`, 'x', '.x', stored?._id ?? '']) {
      expect(codeOf(await setUp(token))).toBe('set-up-link-invalid');
    }
  });

  it('the link, a superadmin has a password by now, none is given out and an old one is useless', async () => {
    const token = await link();
    const again = await startGatehouse({ database: server.database, logsIn: false, settings: {
      ...settings, superadmin: { email: 'env@example.com', password },
    }, clock: () => now });
    expect(again.report).toMatchObject({ superadmin: 'set-from-settings', changed: true });
    expect(await again.gatehouse.renewSetUpToken()).toBeNull();
    await again.close();
    expect(codeOf(await setUp(token))).toBe('set-up-link-invalid');
    await server.anonymous.logIn('env@example.com', password);
    expect(await server.stores.users.countDocuments({ tenantId: 'default' })).toBe(1);
  });

  it('SUPERADMIN_EMAIL and SUPERADMIN_PASSWORD, a superadmin has a password, nothing is changed', async () => {
    await setUp(await link());
    const before = await contentOf(server.connection);
    for (const superadmin of [{ email, password: 'another password' }, { email: 'other@example.com', password }]) {
      const again = await startGatehouse(
        { database: server.database, logsIn: false, settings: { ...settings, superadmin }, clock: () => now },
      );
      expect(again.report).toMatchObject({ superadmin: 'has-password', changed: false });
      await again.close();
    }
    expect(await contentOf(server.connection)).toEqual(before);
    await server.anonymous.logIn(email, password);
  });

  it('SUPERADMIN_EMAIL, the address of somebody who is no superadmin, the boot stops and says so', async () => {
    const stored = await server.stores.users.findOne({ tenantId: 'default' }).lean();
    await server.stores.users.create(
      { ...stored, _id: 'ordinary', roles: ['guest'], email: 'env@example.com', emailKey: 'env@example.com', emailVerified: true },
    );
    const attempt = startGatehouse(
      { database: server.database, logsIn: false, settings: { ...settings, superadmin: { email: 'Env@example.com', password } } },
    );
    await expect(attempt).rejects.toThrow('SUPERADMIN_EMAIL belongs to a user of the tenant "default" who is not a superadmin');
    expect((await server.stores.users.findOne({ tenantId: 'default', _id: 'ordinary' }).lean())?.roles).toEqual(['guest']);
  });

  it('SUPERADMIN_EMAIL, registered by somebody who never confirmed it, stops no boot, and that account is gone', async () => {
    const stored = await server.stores.users.findOne({ tenantId: 'default' }).lean();
    await server.stores.users.create(
      { ...stored, _id: 'squatter', roles: ['guest'], email: 'env@example.com', emailKey: 'env@example.com' },
    );
    const node = await startGatehouse(
      { database: server.database, logsIn: false, settings: { ...settings, superadmin: { email: 'Env@example.com', password } } },
    );
    await node.anonymous.logIn('env@example.com', password);
    expect(await server.stores.auditRecords.countDocuments({ tenantId: 'default', action: 'user.displaced', 'target.id': 'squatter' }))
      .toBe(1);
    await node.close();
  });

  it('the set-up, done, is recorded without a password or token', async () => {
    const token = await link();
    await setUp(token);
    const [record] = await server.stores.auditRecords.find({ tenantId: 'default', action: 'user.set-up-superadmin' }).lean();
    expect(record)
      .toMatchObject({ result: 'done', ip: expect.any(String) as unknown, requestId: expect.any(String) as unknown, after: { email } });
    expect(JSON.stringify(record)).not.toMatch(/hash|\$2[ab]\$/);
  });
});
