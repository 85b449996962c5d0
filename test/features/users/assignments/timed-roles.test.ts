import { bodyOf, codeOf } from '../../../support/answers.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../../support/gatehouse/start-gatehouse.ts';

const hour = 3_600_000;

describe('a role for a time', () => {
  let server: TestGatehouse;
  let skew = 0;
  beforeAll(async () => {
    server = await startGatehouse({ clock: () => Date.now() + skew });
  });
  beforeEach(() => { skew = 0; });
  const inHours = (hours: number) => new Date(Date.now() + hours * hour).toISOString();
  const assign = (user: TestUser, body: object, expected = 200) => server.superadmin.post(
    '/roles/assign', { userId: user.userId, ...body }, expected,
  );
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
    await assign(user, { type: role, mode: 'add', validUntil: inHours(1) });
    skew = hour + 1_000;
    expect(await statusOf(user)).toBe(403);
    expect(bodyOf(await assign(user, { type: role, mode: 'add' }))).toMatchObject({ roles: ['guest', role], roleTimes: [] });
    expect(await statusOf(user)).toBe(200);
    await assign(user, { type: role, mode: 'add', validUntil: inHours(2) });
    expect(bodyOf(await assign(user, { type: role, mode: 'remove' }))).toMatchObject({ roles: ['guest'], roleTimes: [] });
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

  it('that has ended, is in no list as held, and is found by no filter', async () => {
    const [role, user] = [await server.newRole('/admin/load-users'), await server.newUser()];
    await assign(user, { type: role, mode: 'add', validUntil: inHours(1) });
    const shown = async () => {
      const { body } = await server.superadmin.get(`/admin/load-users?role=${role}`, 200);
      const profile = await user.client.get('/profile/me', 200);
      return [
        bodyOf(await server.superadmin.get(`/admin/load-user/${user.userId}`, 200)).roles, body.items.length, profile.body.user.roles,
      ];
    };
    expect(await shown()).toEqual([['guest', role], 1, ['guest', role]]);
    skew = hour + 1_000;
    expect(await shown()).toEqual([['guest'], 0, ['guest']]);
    expect(bodyOf(await assign(user, { type: 'user', mode: 'add' }))).toMatchObject({ roles: ['guest', 'user'], roleTimes: [] });
  });

  it('that has ended, does not keep its role from being deleted, nor from being the heir of another for good', async () => {
    const [ended, old] = [await server.newRole('/admin/load-users'), await server.newRole('/audit/load')];
    const user = await server.newUser(old);
    await assign(user, { type: ended, mode: 'add', validUntil: inHours(1) });
    skew = hour + 1_000;
    await server.superadmin.delete(`/roles/delete?type=${old}&reassignTo=${ended}`, 204);
    expect(await statusOf(user)).toBe(200);
    const other = await server.newRole('/audit/load');
    await assign(user, { type: other, mode: 'add', validUntil: inHours(1.5) });
    skew = 1.5 * hour + 1_000;
    await server.superadmin.delete(`/roles/delete?type=${other}`, 204);
    expect(await server.stores.users.findOne({ tenantId: 'default', _id: user.userId }).lean())
      .toMatchObject({ roles: ['guest', ended], roleTimes: [] });
  });

  it('until a day, counts to the end of that day in UTC; from a day, from its start', async () => {
    const [role, user] = [await server.newRole(), await server.newUser()];
    const [today = ''] = new Date().toISOString().split('T');
    expect((await assign(user, { type: role, mode: 'add', validFrom: '2026-01-01', validUntil: '2999-12-31' })).body)
      .toMatchObject({ roleTimes: [{ roleId: role, validFrom: '2026-01-01T00:00:00.000Z', validUntil: '3000-01-01T00:00:00.000Z' }] });
    await assign(user, { type: role, mode: 'add', validUntil: today });
  });

  it('until a moment or a day in the past, refused', async () => {
    const [role, user] = [await server.newRole(), await server.newUser()];
    for (const validUntil of [inHours(-1), '2026-01-01']) {
      const answer = await assign(user, { type: role, mode: 'add', validUntil }, 422);
      expect(JSON.stringify(answer.body)).toContain('body.validUntil');
    }
  });

  it('a time that ends before it begins, a time to remove, a time for the superadmin, refused', async () => {
    const [role, user] = [await server.newRole('/admin/load-users'), await server.newUser()];
    expect(codeOf(await assign(user, { type: role, validFrom: inHours(2), validUntil: inHours(1) }, 422))).toBe('invalid-input');
    expect(codeOf(await assign(user, { type: role, mode: 'remove', validUntil: inHours(1) }, 422))).toBe('invalid-input');
    expect(codeOf(await assign(user, { type: 'superadmin', mode: 'add', validUntil: inHours(1) }, 422))).toBe('superadmin-not-timed');
    expect(codeOf(await assign(user, { type: 'superadmin', mode: 'add', validFrom: inHours(-1) }, 422))).toBe('superadmin-not-timed');
  });
});
