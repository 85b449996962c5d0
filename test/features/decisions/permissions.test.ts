import type { Express } from 'express';
import type { Condition } from '../../../src/engine/policies/condition.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import type { BodyAt } from '../../support/client/routes.ts';
import { bodyOf, codeOf } from '../../support/answers.ts';
import { rawRequest } from '../../gatehouse/raw-request.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';

const known = ['read:projects', 'update:projects', 'create:items', 'manage:items'].map((permission) => ({ permission, description: `May ${permission}.` }));

function host(app: Express): void {
  app.get('/projects/:projectId', (request, response) => void response.json({ ...request.params }));
}

describe('permissions and policies', () => {
  let server: TestGatehouse;
  let admin: TestUser;
  beforeAll(async () => {
    server = await startGatehouse({ host, permissions: known, urls: { auth: { '/projects/': [{ name: ':projectId', permission: 'read:projects/:projectId' }] } } });
    admin = await server.newUser('admin');
  });

  const explain = async (body: BodyAt<'POST', '/permissions/explain'>) => (await admin.client.post('/permissions/explain', body, 200)).body;
  const check = async (user: TestUser, ...checks: BodyAt<'POST', '/permissions/check'>['checks']) => (await user.client.post('/permissions/check', { checks }, 200)).body.decisions;
  const fetchProject = async (user: TestUser, id: string) => {
    const response = await fetch(`${server.origin}/projects/${id}`, { headers: { Authorization: `Bearer ${user.client.token ?? ''}` } });
    return { status: response.status, body: await response.json() as { code?: string; required?: string } };
  };

  it('a role with permissions, policies and parents, is stored and shown as it was written', async () => {
    const policies: Policy[] = [{ effect: 'deny', actions: ['update'], resources: ['projects/*'], conditions: [{ type: 'time', days: ['sat', 'sun'], from: '00:00', to: '24:00', zone: 'Europe/Berlin' }] }];
    const parent = await server.newRoleWith({ permissions: ['read:projects'] });
    const name = await server.newRoleWith({ permissions: ['create:items', 'create:items'], policies, inherits: [parent], isDefault: false, name: 'Made', description: 'By a test.' });
    const { body } = await server.superadmin.get(`/roles/load?roleId=${name}`, 200);
    expect(body.items).toMatchObject([{ permissions: ['create:items'], policies, inherits: [parent], name: 'Made', rights: [] }]);
    const updated = bodyOf(await server.superadmin.put('/roles/update', { type: name, permissions: [], version: 1 }, 200));
    expect(updated).toMatchObject({ permissions: [], policies, version: 2 });
    expect(codeOf(await server.superadmin.put('/roles/update', { type: name, permissions: [], version: 1 }, 409))).toBe('version-conflict');
  });

  it('get-rights, shows the declared permissions, and those of a role', async () => {
    expect((await server.superadmin.get('/roles/get-rights', 200)).body).toMatchObject({ permissions: known });
    const name = await server.newRoleWith({ permissions: ['read:projects'] });
    expect((await server.superadmin.get(`/roles/get-rights?type=${name}`, 200)).body).toMatchObject({ permissions: [{ permission: 'read:projects' }] });
  });

  it('a URL that asks for a permission, is reached with right and permission only, from the next request on', async () => {
    const opener = await server.newRoleWith({ rights: ['/projects/:projectId'] });
    const reader = await server.newRoleWith({ policies: [{ effect: 'allow', actions: ['read'], resources: ['projects/7'] }] });
    const user = await server.newUser(opener, reader);
    expect((await fetchProject(user, '7')).status).toBe(200);
    expect(await fetchProject(user, '8')).toMatchObject({ status: 403, body: { code: 'permission-missing', required: 'read:projects/8' } });
    await server.superadmin.put('/roles/update', { type: reader, permissions: ['read:projects'] }, 200);
    expect((await fetchProject(user, '8')).status).toBe(200);
    await server.superadmin.put('/roles/update', { type: reader, permissions: ['read:projects'], policies: [{ effect: 'deny', actions: ['GET'], resources: ['/projects/8'] }] }, 200);
    expect(await fetchProject(user, '8')).toMatchObject({ status: 403, body: { code: 'policy-denies' } });
    expect((await fetchProject(user, '7')).status).toBe(200);
  });

  it('a parent role, edited, counts for its children at once', async () => {
    const parent = await server.newRoleWith({});
    const user = await server.newUser(await server.newRoleWith({ inherits: [parent] }));
    expect(await check(user, { action: 'create', resource: 'items' })).toEqual([{ allowed: false, reason: 'permission-missing' }]);
    await server.superadmin.put('/roles/update', { type: parent, permissions: ['create:items'] }, 200);
    expect(await check(user, { action: 'create', resource: 'items' })).toEqual([{ allowed: true, reason: 'policy' }]);
  });

  it('GET /permissions, unchanged, is answered 304; changed, 200 with what is held now', async () => {
    const role = await server.newRoleWith({ permissions: ['read:projects'] });
    const user = await server.newUser(role);
    const first = await user.client.get('/permissions', 200);
    expect(first.body).toMatchObject({ permissions: ['read:projects'], isSuperadmin: false });
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    // fetch would ask for a fresh answer besides.
    const again = () => rawRequest(server.origin, 'GET /permissions HTTP/1.1', [`Authorization: Bearer ${user.client.token ?? ''}`, `If-None-Match: ${first.headers.get('etag') ?? ''}`]);
    expect((await again()).status).toBe(304);
    await server.superadmin.put('/roles/update', { type: role, permissions: [] }, 200);
    expect((await again()).status).toBe(200);
    expect((await server.superadmin.get('/permissions', 200)).body).toMatchObject({ permissions: ['manage:*'], isSuperadmin: true });
  });

  it('check, of oneself, answers each question in its place, with attributes and URLs', async () => {
    const own: Condition = { type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' };
    const user = await server.newUser(await server.newRoleWith({ rights: ['/audit/load'], policies: [{ effect: 'allow', actions: ['update'], resources: ['items'], conditions: [own] }] }));
    expect(await check(user,
      { action: 'update', resource: 'items/1', attributes: { ownerId: user.userId } },
      { action: 'update', resource: 'items/1', attributes: { ownerId: 'another' } },
      { action: 'update', resource: 'items/1' },
      { method: 'GET', url: '/audit/load' }, { method: 'GET', url: '/admin/load-users' }, { method: 'GET', url: '/nowhere' }, { method: 'GET', url: '/livez' },
      { userId: user.userId, action: 'update', resource: 'items/1', attributes: { ownerId: user.userId } }))
      .toEqual([
        { allowed: true, reason: 'policy' }, { allowed: false, reason: 'permission-missing' }, { allowed: false, reason: 'permission-missing' },
        { allowed: true, reason: 'right' }, { allowed: false, reason: 'right-missing' }, { allowed: false, reason: 'unknown-url' }, { allowed: true, reason: 'simple-url' },
        { allowed: true, reason: 'policy' },
      ]);
  });

  it.each(['Long', 'Decimal128', 'Int32', 'constructor'])('check, of attributes that name the type %s of BSON, is answered as for any object', async (type) => {
    const own: Condition = { type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' };
    const user = await server.newUser(await server.newRoleWith({ policies: [{ effect: 'allow', actions: ['update'], resources: ['items'], conditions: [own] }] }));
    const attributes = { ownerId: { _bsontype: type, toString: 5 } };
    expect(await check(user, { action: 'update', resource: 'items/1', attributes })).toEqual([{ allowed: false, reason: 'permission-missing' }]);
  });

  it('check, of somebody else, needs the right to explain, and says nothing of whom there is not', async () => {
    const user = await server.newUser(await server.newRoleWith({ permissions: ['create:items'] }));
    const gone = await server.newUser();
    await server.superadmin.post('/admin/disable-user', { userId: gone.userId }, 200);
    const about = { action: 'create', resource: 'items' };
    expect(codeOf(await gone.client.get('/permissions', 401))).toBe('user-disabled');
    expect((await user.client.post('/permissions/check', { checks: [{ userId: admin.userId, ...about }] }, 403)).body).toMatchObject({ required: 'POST /permissions/explain' });
    expect(await check(admin, { userId: user.userId, ...about }, { userId: 'nobody', ...about }, { userId: gone.userId, ...about }, about)).toEqual([
      { allowed: true, reason: 'policy' }, { allowed: false, reason: 'user-not-found' }, { allowed: false, reason: 'user-disabled' }, { allowed: false, reason: 'permission-missing' },
    ]);
  });

  it('a method that is none, refused by name before anybody is looked up', async () => {
    for (const method of ['FETCH', 'get', 'HEAD', 'GET ']) {
      const asked = { userId: 'nobody', method, url: '/audit/load' };
      for (const answer of [
        await server.superadmin.post('/permissions/check', { checks: [asked] }, 422), await server.superadmin.post('/permissions/explain', asked, 422),
        await server.superadmin.post('/permissions/who-can', { method, url: '/audit/load' }, 422),
      ]) expect(JSON.stringify(answer.body)).toContain('.method');
    }
  });

  it('check, 1,000 questions in more than 100 kB, is answered; one more is refused', async () => {
    const checks = Array.from({ length: 1_000 }, (_each, index) => ({ action: 'read', resource: `projects/${index}/${'x'.repeat(100)}` }));
    const user = await server.newUser(await server.newRoleWith({ policies: [{ effect: 'allow', actions: ['read'], resources: ['projects/7'] }] }));
    const decisions = await check(user, ...checks);
    expect(decisions.flatMap(({ allowed }, index) => (allowed ? [index] : []))).toEqual([7]);
    expect(codeOf(await user.client.post('/permissions/check', { checks: [...checks, checks[0]] }, 422))).toBe('invalid-input');
    expect(codeOf(await user.client.post('/permissions/check', { checks: [{ action: 'read', resource: 'x', attributes: { x: 'x'.repeat(600_000) } }] }, 413))).toBe('body-too-large');
    const withLists = (...lengths: readonly number[]) => ({ checks: [{ action: 'read', resource: 'x', attributes: { a: { lists: lengths.map((length) => Array<number>(length).fill(1)) } } }] });
    await user.client.post('/permissions/check', withLists(5_000, 5_000), 200);
    expect((await user.client.post('/permissions/check', withLists(5_000, 5_001), 422)).body).toMatchObject({ errors: [{ field: 'body.checks[0].attributes' }] });
  });

  it('explain, an allow, names permission, and the way from the user over role and parent', async () => {
    const parent = await server.newRoleWith({ permissions: ['manage:items'] });
    const child = await server.newRoleWith({ inherits: [parent] });
    const { userId } = await server.newUser(child);
    expect(await explain({ userId, action: 'archive', resource: 'items/7' })).toMatchObject({
      allowed: true, reason: 'policy', by: { kind: 'permission', permission: 'manage:items' },
      chain: [{ kind: 'user', id: userId }, { kind: 'role', id: child }, { kind: 'role', id: parent }],
    });
  });

  it('explain, a deny, a failed condition and nothing at all, names what stands in the way', async () => {
    const denied = await server.newRoleWith({ policies: [{ effect: 'deny', actions: ['manage'], resources: ['items'] }] });
    const office = await server.newRoleWith({ policies: [{ effect: 'allow', actions: ['read'], resources: ['reports'], conditions: [{ type: 'ip', ranges: ['10.9.8.7'] }] }] });
    const { userId } = await server.newUser(denied, office);
    expect(await explain({ userId, action: 'read', resource: 'items/7' })).toMatchObject({ allowed: false, reason: 'policy-denies', by: { kind: 'policy', policy: { effect: 'deny' } }, chain: [{ kind: 'user' }, { kind: 'role', id: denied }] });
    const nearly = await explain({ userId, action: 'read', resource: 'reports/1' });
    expect(nearly).toMatchObject({ allowed: false, reason: 'permission-missing', by: null, nearest: { failedCondition: 'ip' } });
    expect(JSON.stringify(nearly)).not.toContain('10.9.8.7');
    expect(await explain({ userId, action: 'read', resource: 'nothing' })).toEqual({ allowed: false, reason: 'permission-missing', required: 'read:nothing', by: null, chain: [{ kind: 'user', id: userId }] });
  });

  it('explain, a URL with its permission, names the right and the permission', async () => {
    const both = await server.newRoleWith({ rights: ['/projects/:projectId'], permissions: ['read:projects'] });
    const { userId } = await server.newUser(both);
    expect(await explain({ userId, method: 'GET', url: '/projects/7' })).toMatchObject({ allowed: true, reason: 'right', by: { kind: 'right', right: '/projects/:projectId' }, and: { by: { kind: 'permission', permission: 'read:projects' } } });
    expect(await explain({ userId, method: 'GET', url: '/nowhere' })).toMatchObject({ allowed: false, reason: 'unknown-url' });
    expect(codeOf(await admin.client.post('/permissions/explain', { userId: 'nobody', method: 'GET', url: '/livez' }, 404))).toBe('user-not-found');
    for (const about of [{}, { action: 'read' }, { action: 'read', resource: 'x', method: 'GET', url: '/' }]) expect(codeOf(await admin.client.post('/permissions/explain', { userId, ...about }, 422))).toBe('invalid-input');
  });

  it('what-can, names what a user holds', async () => {
    const { userId } = await server.newUser(await server.newRoleWith({ permissions: ['create:items'], rights: ['/audit/load'] }));
    const { body } = await admin.client.get(`/permissions/what-can?userId=${userId}`, 200);
    expect(body).toMatchObject({ permissions: ['create:items'] });
    expect(body.rights.map(({ url }) => url)).toContain('/audit/load');
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
    ['an unknown condition', { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'moon' }] }, '.conditions[0].type'],
    ['a zone that is none', { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'time', from: '08:00', to: '09:00', zone: 'Moon/Base' }] }, '.conditions[0].zone'],
    ['a time that is none', { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'time', from: '8', to: '09:00', zone: 'UTC' }] }, '.conditions[0].from'],
    ['a range that is none', { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'ip', ranges: ['10.0.0.0/8', '10.0.0.0/33'] }] }, '.conditions[0].ranges[1]'],
    ['an operator of the database', { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'attribute', left: 'resource.x', operator: '$where', right: { value: 1 } }] }, '.conditions[0].operator'],
    ['an attribute of nobody', { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'attribute', left: 'request.x', operator: 'eq', right: { value: 1 } }] }, '.conditions[0].left'],
    ['two attributes of the resource', { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'attribute', left: 'resource.x', operator: 'eq', right: 'resource.y' }] }, '.conditions[0].right'],
    ['an operator as a value', { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'attribute', left: 'resource.x', operator: 'eq', right: { value: { $gt: '' } } }] }, '.conditions[0].right.value'],
  ])('a policy with %s, is refused and named', async (_what, policy, at) => {
    const { body } = await server.superadmin.put('/roles/update', { type: 'user', policies: [policy] }, 422);
    expect(body).toMatchObject({ code: 'invalid-input', errors: [{ field: `body.policies[0]${at}` }] });
  });

  it.each([
    ['is misspelt', 'GET', '/admin/laod-users'], ['covers a folder that is none', 'manage', '/adm/**'], ['lacks the parameter', 'GET', '/admin/load-user'],
    ['is served with other methods', 'DELETE', '/admin/load-users'], ['is longer than any', 'GET', '/admin/load-user/7/more'],
  ])('a policy about a URL that %s, of a role or a group, is refused and named', async (_what, action, url) => {
    for (const effect of ['deny', 'allow']) {
      const policies = [{ effect, actions: [action], resources: ['/audit/load', '/admin/**', url].slice(action === 'DELETE' ? 2 : 0) }];
      for (const { body } of [
        await server.superadmin.put('/roles/update', { type: 'user', policies }, 422), await server.superadmin.post('/roles/create', { roleId: 'off', type: 'off', rights: [], policies }, 422),
        await server.superadmin.post('/groups/create', { groupName: 'off', policies }, 422),
      ]) {
        expect(body).toMatchObject({ code: 'right-not-registered', errors: [{ message: expect.stringContaining(url) as unknown }] });
      }
    }
  });

  it.each([
    ['one of a parameter', 'GET', '/admin/load-user/7'], ['its parameter by name', 'GET', '/admin/load-user/:id'], ['a glob', 'GET', '/admin/*'], ['everything', 'manage', '/**'],
    ['in capitals', 'manage', '/ADMIN/load-users/'], ['a glob in the middle', 'GET', '/*/load-user/*'], ['any method', 'manage', '/permissions/check'],
  ])('a policy about a registered URL, %s, is taken', async (_what, action, url) => {
    await server.newRoleWith({ policies: [{ effect: 'deny', actions: [action], resources: [url] }] });
  });

  it('a default role, is given to new users until it is one no more', async () => {
    const name = await server.newRoleWith({ isDefault: true });
    const rolesOfNew = async () => bodyOf(await server.superadmin.get(`/admin/load-user/${(await server.newUser()).userId}`, 200)).roles;
    expect(await rolesOfNew()).toEqual(['guest', name]);
    await server.superadmin.put('/roles/update', { type: name, isDefault: false }, 200);
    expect(await rolesOfNew()).toEqual(['guest']);
  });

  it('a role that others inherit, is not deleted; a circle, a stranger and the superadmin are no parents', async () => {
    const [parent, child] = [await server.newRoleWith({}), await server.newRoleWith({})];
    await server.superadmin.put('/roles/update', { type: child, inherits: [parent] }, 200);
    expect(codeOf(await server.superadmin.delete(`/roles/delete?type=${parent}`, 409))).toBe('role-inherited');
    expect(codeOf(await server.superadmin.put('/roles/update', { type: parent, inherits: [child] }, 422))).toBe('role-circle');
    expect(codeOf(await server.superadmin.put('/roles/update', { type: parent, inherits: [parent] }, 422))).toBe('role-circle');
    expect(codeOf(await server.superadmin.put('/roles/update', { type: parent, inherits: ['stranger'] }, 404))).toBe('role-not-found');
    expect(codeOf(await server.superadmin.put('/roles/update', { type: parent, inherits: ['superadmin'] }, 422))).toBe('superadmin-not-inherited');
  });

  it('two roles made parents of each other at once, never both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [await server.newRoleWith({}), await server.newRoleWith({})];
      const answers = await Promise.all([
        server.superadmin.put('/roles/update', { type: one, inherits: [two] }), server.superadmin.put('/roles/update', { type: two, inherits: [one] }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    }
  });
});
