import type { Condition } from '../../../src/engine/policies/condition.ts';
import type { BodyAt } from '../../support/client/routes.ts';
import { codeOf, itemsOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';

const known = ['read:projects', 'update:projects', 'read:items'].map((permission) => ({ permission, description: `May ${permission}.` }));

describe('memberships', () => {
  let server: TestGatehouse;
  let editor: string;
  let reader: string;
  beforeAll(async () => {
    server = await startGatehouse({ permissions: known });
    for (const [name, content] of Object.entries<Partial<BodyAt<'POST', '/roles/create'>>>({
      reader: { permissions: ['read:projects', 'read:items'] },
      editor: { inherits: ['reader'], rights: ['/audit/load'], policies: [{
        effect: 'allow', actions: ['update'], resources: ['projects/*', 'items'],
      }, { effect: 'deny', actions: ['update'], resources: ['projects/*/archive'] }] },
    })) await server.superadmin.post('/roles/create', { roleId: name, type: name, rights: [], ...content }, 201);
    [editor, reader] = ['editor', 'reader'];
  });
  const add = (user: TestUser, resource: string, type: string, client = server.superadmin) => client.post(
    '/memberships/add', { userId: user.userId, resource, type },
  );
  async function allowed(user: TestUser, ...asked: string[]): Promise<boolean[]> {
    const checks = asked.map((text) => ({ action: text.split(' ')[0] ?? '', resource: text.split(' ')[1] ?? '' }));
    const { body } = await user.client.post('/permissions/check', { checks }, 200);
    return body.decisions.map((decision) => decision.allowed);
  }

  it('a role on one resource, holds there and below in the same session, nowhere else, and gives no URL', async () => {
    const user = await server.newUser();
    const asked = [
      'read projects/7', 'update projects/7/tasks/1', 'update projects/7/archive', 'read projects/8', 'update projects', 'read items',
      'update items/1',
    ];
    expect(await allowed(user, ...asked)).toEqual(asked.map(() => false));
    expect((await add(user, 'projects/7', editor)).status).toBe(201);
    expect(await allowed(user, ...asked)).toEqual([true, true, false, false, false, false, false]);
    expect((await user.client.get('/permissions', 200)).body).toMatchObject({ permissions: [], roles: [{ roleId: 'guest' }] });
    await user.client.get('/audit/load', 403);
    await server.superadmin.delete(`/memberships/remove?userId=${user.userId}&resource=projects/7&type=${editor}`, 204);
    expect(await allowed(user, ...asked)).toEqual(asked.map(() => false));
  });

  it('the same membership twice, is one; taken away twice, is 404', async () => {
    const user = await server.newUser();
    const first = await add(user, 'projects/9', reader);
    expect((await add(user, 'projects/9', reader)).body).toEqual(first.body);
    expect(itemsOf(await server.superadmin.get(`/memberships/load?userId=${user.userId}`, 200))).toEqual([first.body]);
    const path = `/memberships/remove?userId=${user.userId}&resource=projects/9&roleId=${reader}`;
    await server.superadmin.delete(path, 204);
    expect(codeOf(await server.superadmin.delete(path, 404))).toBe('membership-not-found');
  });

  it('load, by resource and by user, lists those alone', async () => {
    const [ann, bob] = [await server.newUser(), await server.newUser()];
    await add(ann, 'projects/20', reader);
    await add(bob, 'projects/20', editor);
    await add(ann, 'projects/21', reader);
    expect(itemsOf(await server.superadmin.get('/memberships/load?resource=projects/20', 200)).map(({ userId }) => userId).sort())
      .toEqual([ann.userId, bob.userId].sort());
    expect(itemsOf(await server.superadmin.get(`/memberships/load?userId=${ann.userId}`, 200)).map(({ resource }) => resource).sort())
      .toEqual(['projects/20', 'projects/21']);
  });

  it.each([
    '/projects/7', 'projects/*', 'projects//7', '', 'a'.repeat(257),
  ])('a resource written %j, names not one resource, is 422', async (resource) => {
    const user = await server.newUser();
    expect((await add(user, resource, reader)).status).toBe(422);
  });

  it('unknown user, unknown role and the superadmin role, refused', async () => {
    const user = await server.newUser();
    expect(codeOf(await add({ ...user, userId: 'nobody' }, 'projects/7', reader))).toBe('user-not-found');
    expect(codeOf(await add(user, 'projects/7', 'nothing'))).toBe('role-not-found');
    expect(codeOf(await add(user, 'projects/7', 'superadmin'))).toBe('superadmin-not-inherited');
  });

  it('a role deleted for another one, goes on as that one, once', async () => {
    const old = await server.newRole();
    const user = await server.newUser();
    await add(user, 'projects/30', old);
    await add(user, 'projects/31', old);
    await add(user, 'projects/31', reader);
    expect(codeOf(await server.superadmin.delete(`/roles/delete?type=${old}`, 409))).toBe('role-in-use');
    await server.superadmin.delete(`/roles/delete?type=${old}&reassignTo=${reader}`, 204);
    const held = itemsOf(await server.superadmin.get(`/memberships/load?userId=${user.userId}`, 200));
    expect(held.map(({ resource, roleId }) => `${roleId} ${resource}`).sort()).toEqual(['reader projects/30', 'reader projects/31']);
  });

  it('a user erased, leaves no membership behind', async () => {
    const user = await server.newUser();
    await add(user, 'projects/40', reader);
    await server.superadmin.delete(`/admin/delete-user/${user.userId}`, 204);
    expect(itemsOf(await server.superadmin.get(`/memberships/load?resource=projects/40`, 200))).toEqual([]);
  });

  it('where membership itself grants more than its role, only a member there, or a caller with these grants, can give it', async () => {
    const isMember: Condition = { type: 'attribute', left: 'resource.id', operator: 'in', right: 'subject.memberships.notes' };
    await server.superadmin.post('/roles/create', { roleId: 'writer', type: 'writer', rights: [
      '/memberships/add', '/memberships/remove',
    ], policies: [{ effect: 'allow', actions: ['update'], resources: ['notes/*'], conditions: [isMember] }] }, 201);
    await server.superadmin.post('/roles/create', { roleId: 'nothing', type: 'nothing', rights: [] }, 201);
    const [lead, user] = [await server.newUser('writer'), await server.newUser('writer')];
    const update = async (id: string) => {
      const { body } = await user.client.post(
        '/permissions/check', { checks: [{ action: 'update', resource: `notes/${id}`, attributes: { id } }] }, 200,
      );
      return body.decisions[0]?.allowed;
    };
    expect(codeOf(await add(user, 'notes/1', 'nothing', lead.client))).toBe('grants-exceed-own');
    expect(codeOf(await add(lead, 'notes/1', 'nothing', lead.client))).toBe('grants-exceed-own');
    await add(lead, 'notes/1', 'nothing');
    expect((await add(user, 'notes/1', 'nothing', lead.client)).status).toBe(201);
    expect([await update('1'), await update('2')]).toEqual([true, false]);
    await lead.client.delete(`/memberships/remove?userId=${lead.userId}&resource=notes/1&type=nothing`, 204);
    expect(codeOf(await lead.client.delete(`/memberships/remove?userId=${user.userId}&resource=notes/1&type=nothing`)))
      .toBe('grants-exceed-own');
    expect((await add(user, 'notes/2', 'nothing')).status).toBe(201);
    expect(await update('2')).toBe(true);
  });

  it('a caller who may manage memberships of one resource, gives there what they hold there, and nothing else', async () => {
    const lead = await server.newUser(await server.newRole('/memberships/add', '/memberships/remove'));
    const user = await server.newUser();
    await add(lead, 'projects/50', editor);
    expect((await add(user, 'projects/50', reader, lead.client)).status).toBe(201);
    expect(await allowed(user, 'read projects/50')).toEqual([true]);
    expect(codeOf(await add(user, 'projects/51', reader, lead.client))).toBe('grants-exceed-own');
    expect(codeOf(await add(lead, 'projects/51', reader, lead.client))).toBe('grants-exceed-own');
    expect(codeOf(await add(await server.newUser('admin'), 'projects/50', reader, lead.client))).toBe('target-outranks-caller');
    await lead.client.delete(`/memberships/remove?userId=${user.userId}&resource=projects/50&type=${reader}`, 204);
  });
});
