import type { Policy } from '../../../src/engine/policies/policy.ts';
import type { AnswerAt, BodyAt } from '../../support/client/routes.ts';
import { bodyOf, codeOf, itemsOf } from '../../support/answers.ts';
import type { Answer } from '../../support/client/client.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestUser } from '../../support/gatehouse/start-gatehouse.ts';

type Group = AnswerAt<'POST', '/groups/create', 201>;

const known = ['read:items', 'create:items', 'delete:items'].map((permission) => ({ permission, description: `May ${permission}.` }));
const denied: Policy = { effect: 'deny', actions: ['delete'], resources: ['items/7'] };

const server = await startGatehouse({ permissions: known });

describe('privilege groups', () => {
  let counter = 0;

  async function makeGroup(content: Partial<BodyAt<'POST', '/groups/create'>>, client = server.superadmin): Promise<Group> {
    counter += 1;
    return bodyOf(await client.post('/groups/create', { groupName: `group ${counter}`, ...content }, 201));
  }

  const put = (user: TestUser, { groupId }: Group, client = server.superadmin) => client.post(
    '/groups/add-users', [{ userId: user.userId, groupId }], 204,
  );
  const can = async (user: TestUser, action: string, resource = 'items') => {
    const { body } = await user.client.post('/permissions/check', { checks: [{ action, resource }] }, 200);
    return body.decisions[0]?.allowed;
  };

  it('a user put into a group, holds its roles and policies in the same session, and no longer when taken out', async () => {
    const user = await server.newUser();
    const role = await server.newRoleWith({ permissions: ['create:items'], rights: ['/audit/load'] });
    const group = await makeGroup({ roles: [role], policies: [{ effect: 'allow', actions: ['read'], resources: ['items'] }] });
    expect([await can(user, 'create'), await can(user, 'read')]).toEqual([false, false]);
    await put(user, group);
    expect([await can(user, 'create'), await can(user, 'read')]).toEqual([true, true]);
    await user.client.get('/audit/load', 200);
    expect((await user.client.get('/permissions', 200)).body).toMatchObject({ roles: [{ roleId: 'guest' }, { roleId: role }] });
    expect(itemsOf(await server.superadmin.get(`/groups/load-user/${user.userId}`, 200))).toEqual([group]);
    await server.superadmin.delete(`/groups/remove-user?userId=${user.userId}&groupId=${group.groupId}`, 204);
    expect([await can(user, 'create'), await can(user, 'read')]).toEqual([false, false]);
    await user.client.get('/audit/load', 403);
  });

  it('a decision, explained, shows the way through group or membership, role and parent', async () => {
    const user = await server.newUser();
    const parent = await server.newRoleWith({ permissions: ['create:items'] });
    const role = await server.newRoleWith({ inherits: [parent] });
    const group = await makeGroup({ roles: [role], policies: [denied] });
    await put(user, group);
    const explain = async (action: string, resource: string) => (await server.superadmin.post(
      '/permissions/explain', { userId: user.userId, action, resource }, 200,
    )).body;
    const way = (...links: [string, string][]) => links.map(([kind, id]) => ({ kind, id }));
    expect(await explain('create', 'items/1')).toMatchObject({
      allowed: true, by: { kind: 'permission', permission: 'create:items' },
      chain: way(['user', user.userId], ['group', group.groupId], ['role', role], ['role', parent]),
    });
    expect(await explain('delete', 'items/7'))
      .toMatchObject({ allowed: false, reason: 'policy-denies', chain: way(['user', user.userId], ['group', group.groupId]) });
    const other = await server.newUser();
    const { membershipId } = (await server.superadmin.post(
      '/memberships/add', { userId: other.userId, resource: 'items/5', type: role }, 201,
    )).body;
    expect((await server.superadmin.post(
      '/permissions/explain', { userId: other.userId, action: 'create', resource: 'items/5/parts' }, 200,
    )).body).toMatchObject({
      allowed: true, by: { kind: 'policy', policy: { resources: ['items/5'] } },
      chain: way(['user', other.userId], ['membership', membershipId], ['role', role], ['role', parent]),
    });
  });

  it('many users at once, with one who is unknown, nobody is put in', async () => {
    const [ann, bob] = [await server.newUser(), await server.newUser()];
    const { groupId } = await makeGroup({ roles: [await server.newRoleWith({ permissions: ['create:items'] })] });
    const pairs = [ann, bob].map(({ userId }) => ({ userId, groupId }));
    expect(codeOf(await server.superadmin.post('/groups/add-users', [...pairs, { userId: 'nobody', groupId }], 404)))
      .toBe('user-not-found');
    expect(codeOf(await server.superadmin.post('/groups/add-users', [...pairs, { userId: ann.userId, groupId: 'nothing' }], 404)))
      .toBe('group-not-found');
    expect(await can(ann, 'create')).toBe(false);
    await server.superadmin.post('/groups/add-users', pairs, 204);
    expect([await can(ann, 'create'), await can(bob, 'create')]).toEqual([true, true]);
    await server.superadmin.post('/groups/add-users', pairs, 204);
    const { accessVersion } = await server.stores.users.findOne({ tenantId: 'default', _id: ann.userId }).lean() ?? {};
    expect(accessVersion).toBe(2);
  });

  it('a body that is no list, or has a faulty item, is 422 and names it', async () => {
    expect((await server.superadmin.post('/groups/add-users', {}, 422)).body)
      .toMatchObject({ errors: [{ field: 'body', message: 'must be a list' }] });
    const faulty = [{ userId: 'a', groupId: 'b' }, { userId: { $gt: '' }, groupId: 'b', more: 1 }];
    expect((await server.superadmin.post('/groups/add-users', faulty, 422)).body).toMatchObject({
      errors: expect.arrayContaining(
        [{ field: 'body[1].userId', message: expect.any(String) as string }, { field: 'body[1].more', message: 'is not known here' }],
      ) as unknown,
    });
  });

  it('a group edited, counts for those who are in it at once; of an older version, refused', async () => {
    const user = await server.newUser();
    const group = await makeGroup({ roles: [await server.newRoleWith({ permissions: ['delete:items'] })] });
    await put(user, group);
    expect(await can(user, 'delete', 'items/7')).toBe(true);
    const { groupId, version } = group;
    const after = bodyOf(await server.superadmin.put('/groups/update', { groupId, policies: [denied], version }, 200));
    expect(after).toEqual({ ...group, policies: [denied], version: 2 });
    expect([await can(user, 'delete', 'items/7'), await can(user, 'delete', 'items/8')]).toEqual([false, true]);
    expect(codeOf(await server.superadmin.put('/groups/update', { groupId, groupName: 'late', version }, 409))).toBe('version-conflict');
    expect(bodyOf(await server.superadmin.get(`/groups/load/${groupId}`, 200))).toEqual(after);
  });

  it('a group deleted, takes what it gave from those who were in it, and leaves nothing behind', async () => {
    const user = await server.newUser();
    const group = await makeGroup({ roles: [await server.newRoleWith({ permissions: ['create:items'] })] });
    await put(user, group);
    await server.superadmin.delete(`/groups/delete?groupId=${group.groupId}`, 204);
    expect(await can(user, 'create')).toBe(false);
    expect(itemsOf(await server.superadmin.get(`/groups/load-user/${user.userId}`, 200))).toEqual([]);
    expect((await server.stores.users.findOne({ tenantId: 'default', _id: user.userId }).lean())?.groups).toEqual([]);
    expect(codeOf(await server.superadmin.get(`/groups/load/${group.groupId}`, 404))).toBe('group-not-found');
  });

  it('the superadmin role, in a group, refused; a role that a group has, is deleted only for another one', async () => {
    expect(codeOf(await server.superadmin.post('/groups/create', { groupName: 'roots', roles: ['superadmin'] }, 422)))
      .toBe('superadmin-not-inherited');
    const [old, heir] = [
      await server.newRoleWith({ permissions: ['create:items'] }), await server.newRoleWith({ permissions: ['read:items'] }),
    ];
    const { groupId } = await makeGroup({ roles: [old] });
    const user = await server.newUser();
    await server.superadmin.post('/groups/add-users', [{ userId: user.userId, groupId }], 204);
    expect(codeOf(await server.superadmin.delete(`/roles/delete?roleId=${old}`, 409))).toBe('role-in-use');
    expect(codeOf(await server.superadmin.delete(`/roles/delete?roleId=${old}&reassignTo=superadmin`, 422)))
      .toBe('superadmin-not-inherited');
    await server.superadmin.delete(`/roles/delete?roleId=${old}&reassignTo=${heir}`, 204);
    expect(bodyOf(await server.superadmin.get(`/groups/load/${groupId}`, 200)).roles).toEqual([heir]);
    expect([await can(user, 'create'), await can(user, 'read')]).toEqual([false, true]);
  });

  it('every page of the list, read to its end, shows each group once', async () => {
    const made = await Promise.all([1, 2, 3].map(() => makeGroup({})));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: Answer<AnswerAt<'GET', '/groups/load', 200>> = await server.superadmin.get(
        `/groups/load?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`, 200,
      );
      seen.push(...body.items.map(({ groupId }) => groupId));
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made.map(({ groupId }) => groupId)));
  });

  describe('of an admin', () => {
    it('with no more than admins hold, made, filled and deleted by an admin, allowed', async () => {
      const [admin, user] = [await server.newUser('admin'), await server.newUser()];
      const group = await makeGroup({ roles: ['user'] }, admin.client);
      await put(user, group, admin.client);
      await user.client.post('/profile/change-username', { username: 'ann' }, 200);
      await admin.client.put('/groups/update', { groupId: group.groupId, groupName: `renamed ${group.groupId}` }, 200);
      await admin.client.delete(`/groups/remove-user?userId=${user.userId}&groupId=${group.groupId}`, 204);
      await admin.client.delete(`/groups/delete?groupId=${group.groupId}`, 204);
    });

    it('with a permission that admins lack, on every road, refused with grants-exceed-own and nothing changes', async () => {
      const [admin, user] = [await server.newUser('admin'), await server.newUser()];
      const strong = await makeGroup({ roles: [await server.newRoleWith({ permissions: ['create:items'] })] });
      const plain = await makeGroup({ roles: ['user'] });
      const child = await server.newRoleWith({ inherits: strong.roles });
      const roads: readonly (() => Promise<Answer>)[] = [
        () => admin.client.post('/groups/create', { groupName: 'mine', roles: strong.roles }),
        () => admin.client.post('/groups/create', { groupName: 'mine', roles: [child] }),
        () => admin.client.post(
          '/groups/create', { groupName: 'mine', policies: [{ effect: 'allow', actions: ['read'], resources: ['*'] }] },
        ),
        () => admin.client.put('/groups/update', { groupId: plain.groupId, roles: strong.roles }),
        () => admin.client.put('/groups/update', { groupId: strong.groupId, groupName: 'weak' }),
        () => admin.client.post(
          '/groups/add-users', [{ userId: user.userId, groupId: plain.groupId }, { userId: user.userId, groupId: strong.groupId }],
        ),
        () => admin.client.post('/groups/add-users', [{ userId: admin.userId, groupId: strong.groupId }]),
        () => admin.client.delete(`/groups/delete?groupId=${strong.groupId}`),
      ];
      for (const road of roads) expect(await road()).toMatchObject({ status: 403, body: { code: 'grants-exceed-own' } });
      expect(bodyOf(await server.superadmin.get(`/groups/load/${plain.groupId}`, 200))).toEqual(plain);
      expect(itemsOf(await server.superadmin.get(`/groups/load-user/${user.userId}`, 200))).toEqual([]);
    });

    it('with a deny, lifted by an admin who is under none, refused unless the admin holds what it denied', async () => {
      const [admin, user] = [await server.newUser('admin'), await server.newUser(await server.newRoleWith({}))];
      const deny = await makeGroup({ policies: [denied] });
      await put(user, deny);
      const lifts: readonly (() => Promise<Answer>)[] = [
        () => admin.client.delete(`/groups/remove-user?userId=${user.userId}&groupId=${deny.groupId}`),
        () => admin.client.put('/groups/update', { groupId: deny.groupId, policies: [] }),
        () => admin.client.put('/groups/update', { groupId: deny.groupId, policies: [{ ...denied, resources: ['items/7/parts'] }] }),
        () => admin.client.delete(`/groups/delete?groupId=${deny.groupId}`),
      ];
      for (const lift of lifts) expect(await lift()).toMatchObject({ status: 403, body: { code: 'grants-exceed-own' } });
      await server.superadmin.post(
        '/roles/assign', { userId: admin.userId, type: await server.newRoleWith({ permissions: ['delete:items'] }), mode: 'add' }, 200,
      );
      await admin.client.delete(`/groups/remove-user?userId=${user.userId}&groupId=${deny.groupId}`, 204);
    });

    it('in which a superadmin is, edited or emptied by an admin, refused with target-outranks-caller', async () => {
      const [admin, root] = [await server.newUser('admin'), await server.newUser('superadmin')];
      const group = await makeGroup({ roles: ['user'] });
      await put(root, group);
      const acts: readonly (() => Promise<Answer>)[] = [
        () => admin.client.put(
          '/groups/update', { groupId: group.groupId, policies: [{ effect: 'deny', actions: ['manage'], resources: ['*'] }] },
        ),
        () => admin.client.delete(`/groups/remove-user?userId=${root.userId}&groupId=${group.groupId}`),
        () => admin.client.delete(`/groups/delete?groupId=${group.groupId}`),
        () => admin.client.post('/groups/add-users', [{ userId: root.userId, groupId: group.groupId }]),
      ];
      for (const act of acts) expect(await act()).toMatchObject({ status: 403, body: { code: 'target-outranks-caller' } });
    });
  });
});
