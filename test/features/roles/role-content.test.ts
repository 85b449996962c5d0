import type { Condition } from '../../../src/engine/policies/condition.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { bodyOf, codeOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const permissions = ['read:projects', 'create:items'].map((permission) => ({ permission, description: `May ${permission}.` }));
const server = await startGatehouse({ permissions });

describe('the content of a role', () => {
  it('permissions, policies and parents, are stored and shown as they were written', async () => {
    const onWeekends: Condition = { type: 'time', days: ['sat', 'sun'], from: '00:00', to: '24:00', zone: 'Europe/Berlin' };
    const policies: Policy[] = [{ effect: 'deny', actions: ['update'], resources: ['projects/*'], conditions: [onWeekends] }];
    const parent = await server.newRoleWith({ permissions: ['read:projects'] });
    const name = await server.newRoleWith({
      permissions: ['create:items', 'create:items'], policies, inherits: [parent], isDefault: false, name: 'Made',
      description: 'By a test.',
    });
    const { body } = await server.superadmin.get(`/roles/load?roleId=${name}`, 200);
    expect(body.items).toMatchObject([{ permissions: ['create:items'], policies, inherits: [parent], name: 'Made', rights: [] }]);
    const updated = bodyOf(await server.superadmin.put('/roles/update', { type: name, permissions: [], version: 1 }, 200));
    expect(updated).toMatchObject({ permissions: [], policies, version: 2 });
    expect(codeOf(await server.superadmin.put('/roles/update', { type: name, permissions: [], version: 1 }, 409))).toBe('version-conflict');
  });

  it.each([
    ['an action in capitals', { effect: 'allow', actions: ['Read'], resources: ['items'] }, '.actions[0]'],
    ['a method on a named resource', { effect: 'allow', actions: ['GET'], resources: ['items'] }, '.actions[0]'],
    ['an action on a URL', { effect: 'allow', actions: ['read'], resources: ['/items'] }, '.actions[0]'],
    ['URLs among named resources', { effect: 'allow', actions: ['manage'], resources: ['/items', 'items'] }, '.resources'],
    ['half a glob', { effect: 'allow', actions: ['read'], resources: ['items/7*'] }, '.resources[0]'],
    ['a pattern that begins with !', { effect: 'deny', actions: ['read'], resources: ['!items'] }, '.resources[0]'],
    ['a pattern with braces', { effect: 'deny', actions: ['GET'], resources: ['/admin/load-user/{userId}'] }, '.resources[0]'],
    ['a choice in braces', { effect: 'deny', actions: ['read'], resources: ['items', '{items,projects}'] }, '.resources[1]'],
    ['a pattern with ?', { effect: 'deny', actions: ['read'], resources: ['item?'] }, '.resources[0]'],
    ['a URL with its query', { effect: 'deny', actions: ['GET'], resources: ['/admin/load-users?x=1'] }, '.resources[0]'],
    ['an endless glob', { effect: 'allow', actions: ['read'], resources: ['**/a/'.repeat(60)] }, '.resources[0]'],
    ['no action', { effect: 'allow', actions: [], resources: ['items'] }, '.actions'],
    ['another effect', { effect: 'maybe', actions: ['read'], resources: ['items'] }, '.effect'],
    ['an unknown field', { effect: 'allow', actions: ['read'], resources: ['items'], priority: 1 }, '.priority'],
  ])('a policy with %s, is refused and named', async (_what, policy, at) => {
    const { body } = await server.superadmin.put('/roles/update', { type: 'user', policies: [policy] }, 422);
    expect(body).toMatchObject({ code: 'invalid-input', errors: [{ field: `body.policies[0]${at}` }] });
  });

  it.each([
    ['an unknown type', { type: 'moon' }, '.type'],
    ['an unknown time zone', { type: 'time', from: '08:00', to: '09:00', zone: 'Moon/Base' }, '.zone'],
    ['a malformed time', { type: 'time', from: '8', to: '09:00', zone: 'UTC' }, '.from'],
    ['a malformed range', { type: 'ip', ranges: ['10.0.0.0/8', '10.0.0.0/33'] }, '.ranges[1]'],
    ['an operator of the database', { type: 'attribute', left: 'resource.x', operator: '$where', right: { value: 1 } }, '.operator'],
    ['an attribute of the request', { type: 'attribute', left: 'request.x', operator: 'eq', right: { value: 1 } }, '.left'],
    ['two attributes of the resource', { type: 'attribute', left: 'resource.x', operator: 'eq', right: 'resource.y' }, '.right'],
    ['an operator as a value', { type: 'attribute', left: 'resource.x', operator: 'eq', right: { value: { $gt: '' } } }, '.right.value'],
  ])('a condition with %s, is refused and named', async (_what, condition, at) => {
    const policy = { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [condition] };
    const { body } = await server.superadmin.put('/roles/update', { type: 'user', policies: [policy] }, 422);
    expect(body).toMatchObject({ code: 'invalid-input', errors: [{ field: `body.policies[0].conditions[0]${at}` }] });
  });

  it.each([
    ['is misspelled', 'GET', '/admin/laod-users'], ['covers an unknown folder', 'manage', '/adm/**'],
    ['lacks the parameter', 'GET', '/admin/load-user'],
    ['is served with other methods', 'DELETE', '/admin/load-users'], ['has a part too many', 'GET', '/admin/load-user/7/more'],
  ])('a policy about a URL that %s, of a role or a group, is refused and named', async (_what, action, url) => {
    for (const effect of ['deny', 'allow']) {
      const policies = [{ effect, actions: [action], resources: ['/audit/load', '/admin/**', url].slice(action === 'DELETE' ? 2 : 0) }];
      for (const { body } of [
        await server.superadmin.put('/roles/update', { type: 'user', policies }, 422),
        await server.superadmin.post('/roles/create', { roleId: 'off', type: 'off', rights: [], policies }, 422),
        await server.superadmin.post('/groups/create', { groupName: 'off', policies }, 422),
      ]) {
        expect(body).toMatchObject({ code: 'right-not-registered', errors: [{ message: expect.stringContaining(url) as unknown }] });
      }
    }
  });

  it.each([
    ['one of a parameter', 'GET', '/admin/load-user/7'], ['its parameter by name', 'GET', '/admin/load-user/:id'],
    ['a glob', 'GET', '/admin/*'], ['everything', 'manage', '/**'],
    ['in capitals', 'manage', '/ADMIN/load-users/'], ['a glob in the middle', 'GET', '/*/load-user/*'],
    ['any method', 'manage', '/permissions/check'],
  ])('a policy about a registered URL, %s, is accepted', async (_what, action, url) => {
    await server.newRoleWith({ policies: [{ effect: 'deny', actions: [action], resources: [url] }] });
  });

  it('a default role, is given to new users until it is no longer a default', async () => {
    const name = await server.newRoleWith({ isDefault: true });
    const rolesOfNew = async () => bodyOf(await server.superadmin.get(`/admin/load-user/${(await server.newUser()).userId}`, 200)).roles;
    expect(await rolesOfNew()).toEqual(['guest', name]);
    await server.superadmin.put('/roles/update', { type: name, isDefault: false }, 200);
    expect(await rolesOfNew()).toEqual(['guest']);
  });

  it('a role that others inherit, is not deleted; a circle, an unknown role and the superadmin are refused as parents', async () => {
    const [parent, child] = [await server.newRoleWith({}), await server.newRoleWith({})];
    await server.superadmin.put('/roles/update', { type: child, inherits: [parent] }, 200);
    expect(codeOf(await server.superadmin.delete(`/roles/delete?type=${parent}`, 409))).toBe('role-inherited');
    expect(codeOf(await server.superadmin.put('/roles/update', { type: parent, inherits: [child] }, 422))).toBe('role-circle');
    expect(codeOf(await server.superadmin.put('/roles/update', { type: parent, inherits: [parent] }, 422))).toBe('role-circle');
    expect(codeOf(await server.superadmin.put('/roles/update', { type: parent, inherits: ['stranger'] }, 404))).toBe('role-not-found');
    expect(codeOf(await server.superadmin.put('/roles/update', { type: parent, inherits: ['superadmin'] }, 422)))
      .toBe('superadmin-not-inherited');
  });

  it('two roles that become parents of each other at the same time, one change is refused', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [await server.newRoleWith({}), await server.newRoleWith({})];
      const answers = await Promise.all([
        server.superadmin.put('/roles/update', { type: one, inherits: [two] }),
        server.superadmin.put('/roles/update', { type: two, inherits: [one] }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    }
  });
});
