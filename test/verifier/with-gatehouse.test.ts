import { decodeJwt } from 'jose';
import mongoose from 'mongoose';
import { requirePermission } from '../../src/host/guards/permission.guard.ts';
import { publicRoute } from '../../src/host/guards/public-route.ts';
import { requireRoles } from '../../src/host/guards/role.guard.ts';
import type { Client } from '../support/client/client.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { createVerifier } from '../../src/verifier/verifier.ts';
import { startService } from './service.ts';
import type { Service } from './service.ts';

const credentials = { email: 'root@example.com', password: 'a long enough password' };
const settings = testSettings(
  { SUPERADMIN_EMAIL: credentials.email, SUPERADMIN_PASSWORD: credentials.password, CLAIMS_NAMESPACE: 'https://app.example.com' },
);
const ownItems = {
  effect: 'allow', actions: ['update'], resources: ['items'],
  conditions: [{ type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' }],
};

let server: TestGatehouse;
let service: Service;
beforeAll(async () => {
  server = await startGatehouse({
    settings, permissions: ['read:items', 'create:items', 'read:projects'].map((permission) => ({ permission, description: permission })),
  });
  service = await startService({
    issuer: settings.publicUrl, jwksUrl: `${server.origin}/.well-known/jwks.json`, bson: mongoose.mongo,
    routes(app) {
      app.get('/items', requirePermission('read:items'), (request, response) => void response.json(
        request.access?.scope('update', 'items') ?? {},
      ));
      app.get('/items/:owner', requireRoles('guest'), (request, response) => void response.json(
        { can: request.access?.can('update', 'items/7', { ownerId: request.params['owner'] }) },
      ));
      app.get('/projects/:projectId', requirePermission('read:projects/:projectId'), (_request, response) => void response.json({}));
      app.get(
        '/why', requireRoles('guest'), async (request, response) => void response.json(await request.access?.explain('read', 'items/7')),
      );
      app.get(
        '/why-url', publicRoute, async (request, response) => void response.json(await request.access?.explain('GET', '/admin/load-users')),
      );
    },
  });
});
afterAll(async () => {
  await service.close();
});

let counter = 0;
/** A user with a role of their own, which holds this. */
async function userWith(content: object): Promise<TestUser> {
  const type = `cook-${counter += 1}`;
  await server.superadmin.post('/roles/create', { roleId: `id-of-${type}`, type, rights: ['/admin/load-users'], ...content }, 201);
  return server.newUser(type);
}
const claimsOf = ({ client }: Pick<TestUser, 'client'>) => decodeJwt(client.token ?? '');
const statusOf = async (target: string, { token }: Client) => (await service.ask(target, token ?? '')).status;

describe('access token', () => {
  it('of a user with permissions and policies, holds them and the types of all roles, also under the namespace', async () => {
    const user = await userWith({ inherits: ['user'], permissions: ['read:items', 'create:items'], policies: [
      { effect: 'deny', actions: ['manage'], resources: ['items/9'] },
    ] });
    const roles = [`cook-${counter}`, 'guest', 'user'];
    expect(claimsOf(user)).toMatchObject({
      roles, 'https://app.example.com/roles': roles, permissions: ['create:items', 'read:items'],
      policies: [{ effect: 'deny', actions: ['manage'], resources: ['items/9'] }],
    });
    expect(Object.keys(claimsOf(user)).sort()).toEqual([
      'acr', 'amr', 'aud', 'auth_time', 'exp', 'https://app.example.com/roles', 'iat', 'iss', 'jti', 'orgId', 'permissions', 'policies',
      'roles', 'sid', 'sub', 'tenant', 'username',
    ]);
  });

  it('of a superadmin, says manage:*', () => {
    expect(claimsOf({ client: server.superadmin }))
      .toMatchObject({ permissions: ['manage:*'], policies: [], roles: expect.arrayContaining(['superadmin']) as unknown });
  });

  it('of a member, says the policy narrowed to the resource, and opens that resource alone', async () => {
    const user = await server.newUser();
    const type = `reader-${counter += 1}`;
    await server.superadmin.post('/roles/create', { roleId: type, type, rights: [], permissions: ['read:projects'] }, 201);
    await server.superadmin.post('/memberships/add', { userId: user.userId, resource: 'projects/1', type }, 201);
    const client = await server.anonymous.logIn(user.email, user.password);
    expect(claimsOf({ client }))
      .toMatchObject({ roles: ['guest'], permissions: [], policies: [{ effect: 'allow', actions: ['read'], resources: ['projects/1'] }] });
    expect([await statusOf('GET /projects/1', client), await statusOf('GET /projects/2', client)]).toEqual([200, 403]);
  });

  it('of a user whose policy asks for an attribute, carries that one alone, and the service decides by it', async () => {
    const user = await userWith({ policies: [ownItems], permissions: ['read:items'] });
    expect(claimsOf(user)['attributes']).toEqual({ id: user.userId });
    const can = async (owner: string) => (await service.ask(`GET /items/${owner}`, user.client.token ?? '')).json;
    expect([await can(user.userId), await can('somebody')]).toEqual([{ can: true }, { can: false }]);
    expect(JSON.stringify((await service.ask('GET /items', user.client.token ?? '')).json)).toContain(`"ownerId":{"$in":["${user.userId}"`);
  });

  it('of a user whose policy asks for an attribute that is too long, is refused by the service', async () => {
    const user = await userWith(
      { policies: [{ ...ownItems, conditions: [{ type: 'attribute', left: 'subject.email', operator: 'exists' }] }] },
    );
    await server.stores.users.updateOne(
      { tenantId: 'default', _id: user.userId }, { $set: { email: 'x'.repeat(1_025), emailVerified: true } },
    );
    const client = await server.anonymous.logIn(user.email, user.password);
    expect(claimsOf({ client })).toMatchObject({ grants: 'session' });
    expect((await service.ask('GET /items', client.token ?? '')).json).toMatchObject({ status: 403, code: 'grants-not-in-token' });
  });
});

describe('a service with the verifier alone', () => {
  it('condition on the address or the tenant, counts for the request that the service got', async () => {
    const on = (resource: string, condition: object) => ({
      effect: 'allow', actions: ['read'], resources: [`projects/${resource}`], conditions: [condition],
    });
    const { client } = await userWith({
      policies: [
        on('here', { type: 'ip', ranges: ['127.0.0.0/8'] }), on('elsewhere', { type: 'ip', ranges: ['10.0.0.0/8'] }),
        on('ours', { type: 'tenant', value: 'default' }), on('theirs', { type: 'tenant', value: 'other' }),
      ],
    });
    const statuses = await Promise.all(['here', 'elsewhere', 'ours', 'theirs'].map((name) => statusOf(`GET /projects/${name}`, client)));
    expect(statuses).toEqual([200, 403, 200, 403]);
  });

  it('deny, beats an allow as at the gate, and its code says so', async () => {
    const { client } = await userWith(
      { permissions: ['read:projects'], policies: [{ effect: 'deny', actions: ['read'], resources: ['projects/secret'] }] },
    );
    expect(await statusOf('GET /projects/open', client)).toBe(200);
    expect((await service.ask('GET /projects/secret', client.token ?? '')).json)
      .toMatchObject({ code: 'policy-denies', required: 'read:projects/secret' });
  });

  it('filter, without the classes of the driver of the service, throws and says how to name them', async () => {
    const { client } = await userWith({ permissions: ['read:items'] });
    const bare = createVerifier({ issuer: settings.publicUrl, jwksUrl: `${server.origin}/.well-known/jwks.json` });
    const access = await bare.accessOf(client.token ?? '');
    expect(access.can('read', 'items/7')).toBe(true);
    expect(() => access.scope('read', 'items')).toThrow('createVerifier({ bson: mongoose.mongo })');
  });

  it('explanation, names the permission; of a URL there is none', async () => {
    const { client } = await userWith({ permissions: ['read:items'] });
    expect((await service.ask('GET /why', client.token ?? '')).json).toMatchObject(
      { allowed: true, required: 'read:items/7', by: { kind: 'permission', permission: 'read:items' }, chain: [{ kind: 'user' }] },
    );
    expect((await service.ask('GET /why-url', client.token ?? '')).json).toMatchObject({ code: 'unknown-url' });
  });

  it('role of the session, changed, counts at the gate at once, and in the service from the next refresh on', async () => {
    const user = await userWith({ permissions: ['read:items'] });
    const { body } = await server.anonymous.post('/users/login', { email: user.email, password: user.password }, 200);
    const { access_token: token, refresh_token: refreshToken } = body;
    const client = server.anonymous.withToken(token);
    const check = async () => (await client.post(
      '/permissions/check', { checks: [{ action: 'read', resource: 'items' }] }, 200,
    )).body.decisions[0]?.allowed;
    expect([await check(), await statusOf('GET /items', client)]).toEqual([true, 200]);
    await server.superadmin.put('/roles/update', { type: `cook-${counter}`, permissions: [] }, 200);
    expect([await check(), await statusOf('GET /items', client)]).toEqual([false, 200]);
    const refreshed = await server.anonymous.post('/users/refresh', { refresh_token: refreshToken }, 200);
    expect(await statusOf('GET /items', server.anonymous.withToken(refreshed.body.access_token))).toBe(403);
  });
});
