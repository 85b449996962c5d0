import type { Express } from 'express';
import type { Condition } from '../../../src/engine/policies/condition.ts';
import type { BodyAt } from '../../support/client/routes.ts';
import { codeOf } from '../../support/answers.ts';
import { rawRequest } from '../../gatehouse/raw-request.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';

const known = ['read:projects', 'update:projects', 'create:items', 'manage:items'].map(
  (permission) => ({ permission, description: `May ${permission}.` }),
);

function host(app: Express): void {
  app.get('/projects/:projectId', (request, response) => void response.json({ ...request.params }));
}

describe('permissions and policies', () => {
  let server: TestGatehouse;
  let admin: TestUser;
  beforeAll(async () => {
    server = await startGatehouse(
      { host, permissions: known, urls: { auth: { '/projects/': [{ name: ':projectId', permission: 'read:projects/:projectId' }] } } },
    );
    admin = await server.newUser('admin');
  });

  const explain = async (body: BodyAt<'POST', '/permissions/explain'>) => (await admin.client.post('/permissions/explain', body, 200)).body;
  async function check({ client }: TestUser, ...checks: BodyAt<'POST', '/permissions/check'>['checks']) {
    return (await client.post('/permissions/check', { checks }, 200)).body.decisions;
  }
  const fetchProject = async (user: TestUser, id: string) => {
    const response = await fetch(`${server.origin}/projects/${id}`, { headers: { Authorization: `Bearer ${user.client.token ?? ''}` } });
    return { status: response.status, body: await response.json() as { code?: string; required?: string } };
  };

  it('get-rights, shows the declared permissions and those of a role', async () => {
    expect((await server.superadmin.get('/roles/get-rights', 200)).body).toMatchObject({ permissions: known });
    const name = await server.newRoleWith({ permissions: ['read:projects'] });
    expect((await server.superadmin.get(`/roles/get-rights?type=${name}`, 200)).body)
      .toMatchObject({ permissions: [{ permission: 'read:projects' }] });
  });

  it('a URL that requires a permission, is reached with both right and permission, from the next request on', async () => {
    const opener = await server.newRoleWith({ rights: ['/projects/:projectId'] });
    const reader = await server.newRoleWith({ policies: [{ effect: 'allow', actions: ['read'], resources: ['projects/7'] }] });
    const user = await server.newUser(opener, reader);
    expect((await fetchProject(user, '7')).status).toBe(200);
    expect(await fetchProject(user, '8')).toMatchObject({ status: 403, body: { code: 'permission-missing', required: 'read:projects/8' } });
    await server.superadmin.put('/roles/update', { type: reader, permissions: ['read:projects'] }, 200);
    expect((await fetchProject(user, '8')).status).toBe(200);
    await server.superadmin.put('/roles/update', {
      type: reader, permissions: ['read:projects'], policies: [{ effect: 'deny', actions: ['GET'], resources: ['/projects/8'] }],
    }, 200);
    expect(await fetchProject(user, '8')).toMatchObject({ status: 403, body: { code: 'policy-denies' } });
    expect((await fetchProject(user, '7')).status).toBe(200);
  });

  it('a parent role, edited, changes its children at once', async () => {
    const parent = await server.newRoleWith({});
    const user = await server.newUser(await server.newRoleWith({ inherits: [parent] }));
    expect(await check(user, { action: 'create', resource: 'items' })).toEqual([{ allowed: false, reason: 'permission-missing' }]);
    await server.superadmin.put('/roles/update', { type: parent, permissions: ['create:items'] }, 200);
    expect(await check(user, { action: 'create', resource: 'items' })).toEqual([{ allowed: true, reason: 'policy' }]);
  });

  it('GET /permissions, unchanged grants, answers 304; changed ones, 200', async () => {
    const role = await server.newRoleWith({ permissions: ['read:projects'] });
    const user = await server.newUser(role);
    const first = await user.client.get('/permissions', 200);
    expect(first.body).toMatchObject({ permissions: ['read:projects'], isSuperadmin: false });
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    // fetch would send Cache-Control: no-cache with it.
    const again = () => rawRequest(server.origin, 'GET /permissions HTTP/1.1', [
      `Authorization: Bearer ${user.client.token ?? ''}`, `If-None-Match: ${first.headers.get('etag') ?? ''}`,
    ]);
    expect((await again()).status).toBe(304);
    await server.superadmin.put('/roles/update', { type: role, permissions: [] }, 200);
    expect((await again()).status).toBe(200);
    expect((await server.superadmin.get('/permissions', 200)).body).toMatchObject({ permissions: ['manage:*'], isSuperadmin: true });
  });

  it('check, about the caller, answers the questions in their order, with attributes and URLs', async () => {
    const own: Condition = { type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' };
    const user = await server.newUser(await server.newRoleWith(
      { rights: ['/audit/load'], policies: [{ effect: 'allow', actions: ['update'], resources: ['items'], conditions: [own] }] },
    ));
    expect(await check(user,
      { action: 'update', resource: 'items/1', attributes: { ownerId: user.userId } },
      { action: 'update', resource: 'items/1', attributes: { ownerId: 'another' } },
      { action: 'update', resource: 'items/1' },
      { method: 'GET', url: '/audit/load' }, { method: 'GET', url: '/admin/load-users' }, { method: 'GET', url: '/nowhere' },
      { method: 'GET', url: '/livez' },
      { userId: user.userId, action: 'update', resource: 'items/1', attributes: { ownerId: user.userId } }))
      .toEqual([
        { allowed: true, reason: 'policy' }, { allowed: false, reason: 'permission-missing' },
        { allowed: false, reason: 'permission-missing' },
        { allowed: true, reason: 'right' }, { allowed: false, reason: 'right-missing' }, { allowed: false, reason: 'unknown-url' },
        { allowed: true, reason: 'simple-url' },
        { allowed: true, reason: 'policy' },
      ]);
  });

  const bsonTypes = ['Long', 'Decimal128', 'Int32', 'constructor'];
  it.each(bsonTypes)('check, attributes that name the BSON type %s, are a plain object', async (type) => {
    const own: Condition = { type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' };
    const user = await server.newUser(
      await server.newRoleWith({ policies: [{ effect: 'allow', actions: ['update'], resources: ['items'], conditions: [own] }] }),
    );
    const attributes = { ownerId: { _bsontype: type, toString: 5 } };
    expect(await check(user, { action: 'update', resource: 'items/1', attributes }))
      .toEqual([{ allowed: false, reason: 'permission-missing' }]);
  });

  it('check, about another user, requires the right to explain, and refuses unknown and disabled users', async () => {
    const user = await server.newUser(await server.newRoleWith({ permissions: ['create:items'] }));
    const gone = await server.newUser();
    await server.superadmin.post('/admin/disable-user', { userId: gone.userId }, 200);
    const about = { action: 'create', resource: 'items' };
    expect(codeOf(await gone.client.get('/permissions', 401))).toBe('user-disabled');
    expect((await user.client.post('/permissions/check', { checks: [{ userId: admin.userId, ...about }] }, 403)).body)
      .toMatchObject({ required: 'POST /permissions/explain' });
    const askedAbout = [user.userId, 'nobody', gone.userId].map((userId) => ({ userId, ...about }));
    expect(await check(admin, ...askedAbout, about)).toEqual([
      { allowed: true, reason: 'policy' }, { allowed: false, reason: 'user-not-found' }, { allowed: false, reason: 'user-disabled' },
      { allowed: false, reason: 'permission-missing' },
    ]);
  });

  it('an unknown method, refused by its field before the user is read', async () => {
    for (const method of ['FETCH', 'get', 'HEAD', 'GET ']) {
      const asked = { userId: 'nobody', method, url: '/audit/load' };
      for (const answer of [
        await server.superadmin.post('/permissions/check', { checks: [asked] }, 422),
        await server.superadmin.post('/permissions/explain', asked, 422),
        await server.superadmin.post('/permissions/who-can', { method, url: '/audit/load' }, 422),
      ]) expect(JSON.stringify(answer.body)).toContain('.method');
    }
  });

  it.each(['explain', 'who-can'])('%s, attributes that are no object, refused by their field', async (name) => {
    const asked = { ...(name === 'explain' && { userId: admin.userId }), action: 'read', resource: 'projects/1' };
    for (const attributes of ['text', 7, null, ['text']]) {
      const { body } = await server.superadmin.send('POST', `/permissions/${name}`, { body: { ...asked, attributes }, expected: 422 });
      expect({ attributes, body }).toMatchObject(
        { attributes, body: { code: 'invalid-input', errors: [{ field: 'body.attributes', message: 'must be an object' }] } },
      );
    }
    await server.superadmin.send('POST', `/permissions/${name}`, { body: { ...asked, attributes: { owner: 'x' } }, expected: 200 });
  });

  it('check, 1,000 questions in more than 100 kB, is answered; one more is refused', async () => {
    const checks = Array.from({ length: 1_000 }, (_each, index) => ({ action: 'read', resource: `projects/${index}/${'x'.repeat(100)}` }));
    const user = await server.newUser(
      await server.newRoleWith({ policies: [{ effect: 'allow', actions: ['read'], resources: ['projects/7'] }] }),
    );
    const decisions = await check(user, ...checks);
    expect(decisions.flatMap(({ allowed }, index) => (allowed ? [index] : []))).toEqual([7]);
    expect(codeOf(await user.client.post('/permissions/check', { checks: [...checks, checks[0]] }, 422))).toBe('invalid-input');
    expect(codeOf(await user.client.post(
      '/permissions/check', { checks: [{ action: 'read', resource: 'x', attributes: { x: 'x'.repeat(600_000) } }] }, 413,
    ))).toBe('body-too-large');
    const withLists = (...lengths: readonly number[]) => ({
      checks: [{ action: 'read', resource: 'x', attributes: { a: { lists: lengths.map((length) => Array<number>(length).fill(1)) } } }],
    });
    await user.client.post('/permissions/check', withLists(5_000, 5_000), 200);
    expect((await user.client.post('/permissions/check', withLists(5_000, 5_001), 422)).body)
      .toMatchObject({ errors: [{ field: 'body.checks[0].attributes' }] });
  });

  it('explain, an allow, names the permission and the chain of user, role and parent role', async () => {
    const parent = await server.newRoleWith({ permissions: ['manage:items'] });
    const child = await server.newRoleWith({ inherits: [parent] });
    const { userId } = await server.newUser(child);
    expect(await explain({ userId, action: 'archive', resource: 'items/7' })).toMatchObject({
      allowed: true, reason: 'policy', by: { kind: 'permission', permission: 'manage:items' },
      chain: [{ kind: 'user', id: userId }, { kind: 'role', id: child }, { kind: 'role', id: parent }],
    });
  });

  it('explain, a deny, a failed condition and no policy at all, names the obstacle', async () => {
    const denied = await server.newRoleWith({ policies: [{ effect: 'deny', actions: ['manage'], resources: ['items'] }] });
    const office = await server.newRoleWith(
      { policies: [{ effect: 'allow', actions: ['read'], resources: ['reports'], conditions: [{ type: 'ip', ranges: ['10.9.8.7'] }] }] },
    );
    const { userId } = await server.newUser(denied, office);
    expect(await explain({ userId, action: 'read', resource: 'items/7' })).toMatchObject({
      allowed: false, reason: 'policy-denies', by: { kind: 'policy', policy: { effect: 'deny' } },
      chain: [{ kind: 'user' }, { kind: 'role', id: denied }],
    });
    const nearly = await explain({ userId, action: 'read', resource: 'reports/1' });
    expect(nearly).toMatchObject({
      allowed: false, reason: 'permission-missing', by: null, nearest: { failedCondition: 'ip', isMissing: true },
    });
    expect(JSON.stringify(nearly)).not.toContain('10.9.8.7');
    expect(await explain({ userId, action: 'read', resource: 'nothing' }))
      .toEqual({ allowed: false, reason: 'permission-missing', required: 'read:nothing', by: null, chain: [{ kind: 'user', id: userId }] });
  });

  it('explain, a URL with its permission, names the right and the permission', async () => {
    const both = await server.newRoleWith({ rights: ['/projects/:projectId'], permissions: ['read:projects'] });
    const { userId } = await server.newUser(both);
    expect(await explain({ userId, method: 'GET', url: '/projects/7' })).toMatchObject({
      allowed: true, reason: 'right', by: { kind: 'right', right: '/projects/:projectId' },
      and: { by: { kind: 'permission', permission: 'read:projects' } },
    });
    expect(await explain({ userId, method: 'GET', url: '/nowhere' })).toMatchObject({ allowed: false, reason: 'unknown-url' });
    expect(codeOf(await admin.client.post('/permissions/explain', { userId: 'nobody', method: 'GET', url: '/livez' }, 404)))
      .toBe('user-not-found');
    for (const about of [{}, { action: 'read' }, { action: 'read', resource: 'x', method: 'GET', url: '/' }]) {
      expect(codeOf(await admin.client.post('/permissions/explain', { userId, ...about }, 422))).toBe('invalid-input');
    }
  });

  it.each([[64, 404, 'user-not-found'], [65, 422, 'invalid-input']] as const)('what-can, about an id of %i characters, answers %i', async (
    length, status, code,
  ) => {
    expect(codeOf(await admin.client.get(`/permissions/what-can?userId=${'x'.repeat(length)}`, status))).toBe(code);
  });

  it('what-can, names the grants of a user', async () => {
    const { userId } = await server.newUser(await server.newRoleWith({ permissions: ['create:items'], rights: ['/audit/load'] }));
    const { body } = await admin.client.get(`/permissions/what-can?userId=${userId}`, 200);
    expect(body).toMatchObject({ permissions: ['create:items'] });
    expect(body.rights.map(({ url }) => url)).toContain('/audit/load');
  });
});
