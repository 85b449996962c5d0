import { codeOf, userOf } from '../support/answers.ts';
import { startServer } from '../support/server.ts';
import type { TestServer, TestUser } from '../support/server.ts';

const hour = 3_600_000;

describe('a role for a time', () => {
  let server: TestServer;
  let skew = 0;
  beforeAll(async () => {
    server = await startServer({ clock: () => Date.now() + skew });
  });
  beforeEach(() => { skew = 0; });
  afterAll(() => server.close());

  const inHours = (hours: number) => new Date(Date.now() + hours * hour).toISOString();
  const assign = (user: TestUser, body: object, expected = 200) => server.superadmin.post('/roles/assign', { userId: user.userId, ...body }, expected);
  const statusOf = async (user: TestUser) => (await user.client.get('/admin/load-users')).status;

  it('assigned until a moment, counts before it and no longer in the same session', async () => {
    const [role, user] = [await server.newRole('/admin/load-users'), await server.newUser()];
    const { body } = await assign(user, { type: role, mode: 'add', validUntil: inHours(1) });
    expect(body).toMatchObject({ roles: ['guest', role], roleTimes: [{ roleId: role }] });
    expect(await statusOf(user)).toBe(200);
    skew = hour / 2;
    expect(await statusOf(user)).toBe(200);
    skew = hour + 1_000;
    expect(await statusOf(user)).toBe(403);
    skew = 0;
  });

  it('assigned from a moment on, counts from then on in the same session, and ends', async () => {
    const [role, user] = [await server.newRole('/admin/load-users'), await server.newUser()];
    await assign(user, { type: role, mode: 'add', validFrom: inHours(1), validUntil: inHours(1.5) });
    expect(await statusOf(user)).toBe(403);
    skew = hour + 1_000;
    expect(await statusOf(user)).toBe(200);
    skew = 1.5 * hour + 1_000;
    expect(await statusOf(user)).toBe(403);
  });

  it('assigned again without a time, counts for ever; taken away, leaves nothing behind', async () => {
    const [role, user] = [await server.newRole('/admin/load-users'), await server.newUser()];
    await assign(user, { type: role, mode: 'add', validUntil: inHours(-1) });
    expect(await statusOf(user)).toBe(403);
    expect(userOf(await assign(user, { type: role, mode: 'add' }))).toMatchObject({ roles: ['guest', role], roleTimes: [] });
    expect(await statusOf(user)).toBe(200);
    await assign(user, { type: role, mode: 'add', validUntil: inHours(1) });
    expect(userOf(await assign(user, { type: role, mode: 'remove' }))).toMatchObject({ roles: ['guest'], roleTimes: [] });
  });

  it('of a role that is deleted, passes to the heir, unless the user holds that one anyway', async () => {
    const [old, heir] = [await server.newRole('/admin/load-users'), await server.newRole('/admin/load-users')];
    const [one, both] = [await server.newUser(), await server.newUser(heir)];
    for (const user of [one, both]) await assign(user, { type: old, mode: 'add', validUntil: inHours(1) });
    await server.superadmin.delete(`/roles/delete?type=${old}&reassignTo=${heir}`, 204);
    expect([await statusOf(one), await statusOf(both)]).toEqual([200, 200]);
    skew = hour + 1_000;
    expect([await statusOf(one), await statusOf(both)]).toEqual([403, 200]);
  });

  it('a time that ends before it begins, a time to remove, a time for the superadmin, refused', async () => {
    const [role, user] = [await server.newRole('/admin/load-users'), await server.newUser()];
    expect(codeOf(await assign(user, { type: role, validFrom: inHours(2), validUntil: inHours(1) }, 422))).toBe('invalid-input');
    expect(codeOf(await assign(user, { type: role, mode: 'remove', validUntil: inHours(1) }, 422))).toBe('invalid-input');
    expect(codeOf(await assign(user, { type: 'superadmin', mode: 'add', validUntil: inHours(1) }, 422))).toBe('superadmin-not-timed');
    expect(codeOf(await assign(user, { type: 'superadmin', mode: 'add', validFrom: inHours(-1) }, 422))).toBe('superadmin-not-timed');
  });
});
