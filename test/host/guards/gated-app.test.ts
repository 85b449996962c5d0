import express from 'express';
import type { Express } from 'express';
import { requirePermission, checkPolicies } from '../../../src/host/guards/permission.guard.ts';
import { requireRoles } from '../../../src/host/guards/role.guard.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';

interface Body { readonly code?: string; readonly required?: string; readonly requestId?: string; readonly [name: string]: unknown }

function host(app: Express): void {
  app.get(
    '/things', requirePermission('read:things'), (request, response) => void response.json({ user: request.access?.caller.username }),
  );
  app.put('/things/:thingId', checkPolicies(
    { actions: ['update'], resources: ['things/:thingId'] },
  ), (_request, response) => void response.json({}));
  app.get('/staff', requireRoles('user'), (_request, response) => void response.json({}));
  app.get('/readers', requireRoles('reader', 'editor', { any: true }), (_request, response) => void response.json({}));
  app.get('/ask', async (request, response) => {
    const { action = '', resource = '', ...attributes } = request.query as Record<string, string>;
    const { access } = request;
    const explanation = await access?.explain(action, resource, attributes);
    response.json({ allowed: access?.can(
      action, resource, attributes,
    ), explanation });
  });
  app.get('/open', (request, response) => void response.json({ hasAccess: request.access !== undefined }));
  // The guard stands before a route of its own and before what the wildcard URL serves.
  app.use('/reports', requirePermission('read:reports'));
  app.get('/reports/latest', (_request, response) => void response.json({}));
  app.use('/reports', express.static('examples/school'));
}

const urls = {
  simple: { '/': ['open'] },
  auth: { '/things/': ['', { name: ':thingId', methods: ['PUT'] as const }], '/': ['staff', 'readers', 'ask'], '/reports/': [
    'latest', { name: '*path', methods: ['GET'] as const },
  ] },
};
const everyUrl = ['/things', '/things/:thingId', '/staff', '/readers', '/ask', '/reports/latest', '/reports/*path'];
const permissions = ['read:things', 'update:things', 'read:reports'].map((permission) => ({ permission, description: permission }));

describe('guards and request.access in a gated app', () => {
  let server: TestGatehouse;
  let doors: string;
  beforeAll(async () => {
    server = await startGatehouse({ host, urls, permissions });
    doors = await server.newRole(...everyUrl);
    for (const type of ['reader', 'editor']) await server.superadmin.post(
      '/roles/create', { roleId: type, type, rights: [], permissions: type === 'editor' ? ['update:things'] : [] }, 201,
    );
  }, 60_000);

  async function ask(target: string, user?: TestUser): Promise<{ status: number; body: Body }> {
    const [method = '', path = ''] = target.split(' ');
    const token = user === undefined ? server.superadmin.token : user.client.token;
    const response = await fetch(`${server.origin}${path}`, { method, headers: { Authorization: `Bearer ${token ?? ''}` } });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) as Body : {} };
  }

  const assign = (user: TestUser, type: string, mode: 'add' | 'remove' = 'add') => server.superadmin.post(
    '/roles/assign', { userId: user.userId, type, mode }, 200,
  );

  it('a right without the permission that the guard asks for, is refused as by the gate, and recorded', async () => {
    const user = await server.newUser(doors);
    const { status, body } = await ask('GET /things', user);
    expect([status, body]).toEqual([403, {
      type: 'urn:gatehouse:error:permission-missing', title: 'Forbidden', status: 403, statusCode: 403, error: 'Forbidden',
      message: 'Forbidden resource',
      detail: expect.any(String) as string, code: 'permission-missing', required: 'read:things', requestId: expect.any(String) as string,
    }]);
    let records: unknown[] = [];
    for (const end = Date.now() + 20_000; records.length === 0 && Date.now() < end;) {
      records = await server.stores.auditRecords.find({ tenantId: 'default', userId: user.userId, code: 'permission-missing' }).lean();
    }
    expect(records).toMatchObject([{ action: 'request', url: '/things', method: 'GET', ip: '127.0.0.1', requestId: body.requestId }]);
  }, 30_000);

  it('the permission given, lets the same session pass; taken away, refuses it', async () => {
    const [user, type] = [await server.newUser(doors), await server.newRoleWith({ permissions: ['read:things'] })];
    expect((await ask('GET /things', user)).status).toBe(403);
    await assign(user, type);
    expect(await ask('GET /things', user)).toMatchObject({ status: 200, body: { user: user.email } });
    await assign(user, type, 'remove');
    expect((await ask('GET /things', user)).status).toBe(403);
  });

  it('a permission without the right, is refused by the gate: a guard only narrows', async () => {
    const user = await server.newUser(await server.newRoleWith({ permissions: ['read:things'] }));
    expect(await ask('GET /things', user)).toMatchObject({ status: 403, body: { code: 'right-missing', required: 'GET /things' } });
  });

  it('a membership, opens the one resource', async () => {
    const user = await server.newUser(doors);
    expect((await ask('PUT /things/7', user)).body).toMatchObject({ code: 'permission-missing', required: 'update:things/7' });
    await server.superadmin.post('/memberships/add', { userId: user.userId, resource: 'things/7', type: 'editor' }, 201);
    expect([(await ask('PUT /things/7', user)).status, (await ask('PUT /things/8', user)).status]).toEqual([200, 403]);
  });

  it('requireRoles, counts what a role inherits, roles of groups and the superadmin, not those of memberships', async () => {
    const [guest, admin, grouped, member] = [
      await server.newUser(doors), await server.newUser(doors, 'admin'), await server.newUser(doors), await server.newUser(doors),
    ];
    expect([(await ask('GET /staff', guest)).body, (await ask('GET /staff', admin)).status, (await ask('GET /staff')).status])
      .toMatchObject([{ code: 'role-missing', required: 'role user' }, 200, 200]);
    const { body } = await server.superadmin.post('/groups/create', { groupName: 'Readers', roles: ['reader'], policies: [] }, 201);
    await server.superadmin.post('/groups/add-users', [{ userId: grouped.userId, groupId: body.groupId }], 204);
    await server.superadmin.post('/memberships/add', { userId: member.userId, resource: 'things/7', type: 'reader' }, 201);
    expect([(await ask('GET /readers', grouped)).status, (await ask('GET /readers')).status, (await ask('GET /readers', member)).body])
      .toMatchObject([200, 200, { code: 'role-missing', required: 'role reader or editor' }]);
  });

  it('a guard of app.use, stands before routes of their own and before files alike', async () => {
    const reader = await server.newRoleWith({ permissions: ['read:reports'] });
    const [without, held] = [await server.newUser(doors), await server.newUser(doors, reader)];
    for (const path of ['latest', 'main.ts', 'MAIN.TS', 'none']) {
      expect(await ask(`GET /reports/${path}`, without)).toMatchObject({ status: 403, body: { required: 'read:reports' } });
    }
    expect([(await ask('GET /reports/latest', held)).status, (await ask(
      'GET /reports/main.ts', held,
    )).status, (await ask('GET /reports/none', held)).status]).toEqual([200, 200, 404]);
  });

  it('explain, says why with the facts of the request', async () => {
    const type = await server.newRoleWith({
      policies: [
        { effect: 'allow', actions: ['read'], resources: ['things/*'], conditions: [
          { type: 'ip', ranges: ['127.0.0.0/8'] }, { type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' },
        ] },
        { effect: 'allow', actions: ['archive'], resources: ['things'], conditions: [{ type: 'ip', ranges: ['10.0.0.0/8'] }] },
      ],
    });
    const user = await server.newUser(doors, type);
    expect((await ask(`GET /ask?action=read&resource=things/7&ownerId=${user.userId}`, user)).body)
      .toMatchObject({ allowed: true, explanation: { reason: 'policy', chain: [{ kind: 'user' }, { kind: 'role', id: type }] } });
    expect((await ask('GET /ask?action=read&resource=things/7&ownerId=another', user)).body)
      .toMatchObject({ allowed: false, explanation: { reason: 'permission-missing', nearest: {
        failedCondition: 'attribute', attributes: ['resource.ownerId', 'subject.id'], isMissing: false,
      } } });
    expect((await ask('GET /ask?action=read&resource=things/7', user)).body)
      .toMatchObject({ allowed: false, explanation: { nearest: { failedCondition: 'attribute', isMissing: true } } });
    expect((await ask('GET /ask?action=archive&resource=things', user)).body)
      .toMatchObject({ allowed: false, explanation: { nearest: { failedCondition: 'ip', isMissing: false } } });
    expect((await ask('GET /ask?action=GET&resource=/staff', user)).body).toMatchObject(
      { allowed: false, explanation: {
        allowed: true, reason: 'right', required: 'GET /staff', chain: [{ kind: 'user' }, { kind: 'role', id: doors }],
      } },
    );
    expect(await ask('GET /ask?action=GET&resource=/nowhere', user)).toMatchObject({ status: 404, body: { code: 'unknown-url' } });
  });

  it('subject.memberships, are the ids of what one is a member of, from the next request on', async () => {
    const user = await server.newUser(doors, await server.newRoleWith({
      policies: [{ effect: 'allow', actions: ['visit'], resources: ['things'], conditions: [
        { type: 'attribute', left: 'resource.id', operator: 'in', right: 'subject.memberships.things' },
      ] }],
    }));
    const visit = async (id: string) => (await ask(`GET /ask?action=visit&resource=things/${id}&_id=${id}`, user)).body;
    expect(await visit('7')).toMatchObject({ allowed: false, explanation: { allowed: false } });
    for (const resource of ['things/7', 'things/9/parts', 'other/8', 'things']) {
      await server.superadmin.post('/memberships/add', { userId: user.userId, resource, type: 'reader' }, 201);
    }
    expect([await visit('7'), await visit('8'), await visit('9')])
      .toMatchObject([{ allowed: true, explanation: { allowed: true } }, { allowed: false }, { allowed: false }]);
    await server.superadmin.delete(`/memberships/remove?userId=${user.userId}&resource=things/7&type=reader`, 204);
    expect(await visit('7')).toMatchObject({ allowed: false, explanation: { allowed: false } });
  });

  it('a simple URL, has no access', async () => {
    expect((await ask('GET /open')).body).toEqual({ hasAccess: false });
  });
});
