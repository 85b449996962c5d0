import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { createApp } from '../../src/process/app.ts';
import { errorTable } from '../../src/errors/errors.ts';
import type { ErrorCode } from '../../src/errors/errors.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import { requireRoles } from '../../src/host/guards/role.guard.ts';
import { connect } from '../../src/platform/database/connect.ts';
import type { Answer, SendOptions } from '../support/client/client.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import type { InProcessOptions } from '../support/gatehouse/in-process.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../support/gatehouse/start-gatehouse.ts';
import { expectOAuthError, expectProblem } from '../support/expect-error.ts';
import { newServiceClient, postForm } from '../support/service-client.ts';
import { testSettings } from '../support/test-settings.ts';
import { alternating, hostilePolicies } from '../engine/hostile-policies.ts';
import { rawRequest } from '../gatehouse/raw-request.ts';
import { askFull, askService, undocumented, whileFull } from '../gatehouse/undocumented.ts';

const secret = '$2b$10$abcdefghijklmnopqrstuv { $where: 1 } MongoServerError at /srv/app.ts:1:1';
const password = 'a long enough password';
let server: TestGatehouse;
let ann: TestUser;
let admin: TestUser;
let role: string;
let skew = 0;

/** A host with a handler that fails, and one that sends a request on to another route than the gate decided about. */
function host(app: Express): void {
  app.use(function turn(request, _response, next) {
    if (request.url === '/host/turned') request.url = '/host/other';
    next();
  });
  for (const url of ['/host/turned', '/host/other']) app.get(url, (_request, response) => void response.json({ ran: url }));
  app.get('/host/items/:itemId', (_request, response) => void response.json({}));
  app.get('/host/staff', requireRoles('staff'), (_request, response) => void response.json({}));
  app.get('/host/fails', () => {
    throw new Error(secret, { cause: { filter: { $gt: '' } } });
  });
}

beforeAll(async () => {
  server = await startGatehouse({
    host, afterGate: ['turn'],
    urls: { simple: { '/host/': ['turned', 'other', 'fails'] }, auth: { '/host/': ['staff', { name: 'items/:itemId', permission: 'read:items/:itemId' }] } },
    permissions: [{ permission: 'read:items', description: 'Read items.' }],
    clock: () => Date.now() + skew,
  });
  [ann, admin, role] = [await server.newUser(), await server.newUser('admin'), await server.newRole('/admin/load-users')];
});
const root = (method: string, path: string, options: SendOptions = {}) => server.superadmin.send(method, path, options);
const guest = (method: string, path: string) => ann.client.send(method, path);
const anybody = (method: string, path: string, options: SendOptions = {}) => server.anonymous.send(method, path, options);
const logIn = (options: SendOptions) => anybody('POST', '/users/login', options);
const withRightTo = async (url: string, path = url) => undocumented(server.origin, path, (await server.newUser(await server.newRole(url))).client.token);
const withToken = (token: string) => server.anonymous.withToken(token).get('/profile/me');

/** A tenant of its own, with the domain NAME.example, and its name. */
async function newTenant(settings: object = {}): Promise<string> {
  const name = `tenant-${randomBytes(6).toString('hex')}`;
  await root('POST', '/tenants/create', { body: { name, domain: `${name}.example`, settings, admin: { email: `boss@${name}.example` } }, expected: 201 });
  return name;
}

/** Asks with a token that was new some milliseconds before. */
async function askLater(milliseconds: number): Promise<Answer> {
  const client = await server.anonymous.logIn(ann.email, password);
  skew = milliseconds;
  try {
    return await client.get('/profile/me');
  } finally {
    skew = 0;
  }
}

/** Asks another server. */
const elsewhere = (options: InProcessOptions, ask: (other: TestGatehouse) => Promise<Answer>) =>
  startGatehouse(options).then((other) => ask(other).finally(() => other.close()));

async function tenantIdOf(name: string): Promise<string> {
  const { body } = await root('GET', `/tenants/load?name=${name}`, { expected: 200 });
  return (body as { items: { tenantId: string }[] }).items[0]?.tenantId ?? '';
}

const deleteTenant = async (name: string) => root('DELETE', `/tenants/delete?tenantId=${await tenantIdOf(name)}&name=${name}&digest=${'0'.repeat(64)}`);

const ask = (form: Record<string, string> | string) => postForm(server.anonymous, '/oauth/token', form);

/** The id and secret of a client of its own, as fields of a form. */
async function newClient(): Promise<{ client_id: string; client_secret: string }> {
  const { clientId, secret: shown } = await newServiceClient(server.superadmin);
  return { client_id: clientId, client_secret: shown };
}

/** One way to meet each code. */
const scenarios: Record<ErrorCode, () => Promise<Answer>> = {
  'target-not-plain': () => anybody('GET', '/profile//me'),
  'authorization-repeated': async () => {
    const { status, headers, text } = await rawRequest(server.origin, 'GET /livez HTTP/1.1', ['Authorization: Bearer a', 'Authorization: Bearer b']);
    const pairs = [...headers].flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
    return { status, headers: new Headers(pairs), body: JSON.parse(text) as unknown };
  },
  'host-not-plain': () => anybody('GET', '/livez', { headers: { Host: 'a b' } }),
  'unknown-url': () => anybody('GET', '/nowhere'),
  'method-not-allowed': () => anybody('POST', '/livez'),

  'token-missing': () => anybody('GET', '/profile/me'),
  'token-malformed': () => withToken('rubbish'),
  'token-expired': () => askLater(6_061_000),
  'token-invalid': () => {
    const altered = (_all: string, head: string, one: string) => head + (one === 'A' ? 'B' : 'A');
    return withToken((ann.client.token ?? '').replace(/(\.[^.]+\..{9})(.)/, altered));
  },
  'token-not-yet-valid': () => askLater(-61_000),
  'token-of-other-tenant': async () => ann.client.send('GET', '/profile/me', { headers: { Host: `${await newTenant()}.example` } }),
  'session-ended': async () => {
    const session = await server.anonymous.logIn(ann.email, password);
    await session.post('/users/logout', undefined, 204);
    return session.get('/profile/me');
  },
  'user-disabled': async () => {
    const bob = await server.newUser();
    await root('POST', '/admin/disable-user', { body: { userId: bob.userId }, expected: 200 });
    return bob.client.get('/profile/me');
  },
  'refresh-token-invalid': () => anybody('POST', '/users/refresh', { body: { refresh_token: 'made-up' } }),
  'invalid-credentials': () => logIn({ body: { email: ann.email, password: 'another long password' } }),
  'client-refused': () => ask({ grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'made-up' }),
  'too-many-requests': async () => {
    const { email } = await server.newUser();
    for (let time = 0; time < 10; time += 1) await logIn({ body: { email, password: 'another long password' }, expected: 401 });
    return logIn({ body: { email, password } });
  },
  'wrong-password': () => ann.client.post('/profile/change-email', { email: 'new@example.com', password: 'another long password' }),
  'right-missing': () => guest('GET', '/admin/load-users'),
  'permission-missing': () => withRightTo('/host/items/:itemId', '/host/items/7'),
  'role-missing': () => withRightTo('/host/staff'),
  'policy-denies': async () => {
    const denied = await server.newRole('/admin/load-users');
    await root('PUT', '/roles/update', { body: { type: denied, policies: [{ effect: 'deny', actions: ['GET'], resources: ['/admin/**'] }] }, expected: 200 });
    return (await server.newUser(denied)).client.get('/admin/load-users');
  },
  'grants-not-in-token': async () => {
    const items = Array.from({ length: 100 }, (_, index) => ({ effect: 'allow', actions: ['read'], resources: [`items/${index}`] }));
    const much = await server.newRole();
    await root('PUT', '/roles/update', { body: { type: much, policies: items }, expected: 200 });
    return askService({ jwksUrl: `${server.origin}/.well-known/jwks.json` }, (await server.newUser(much)).client.token);
  },
  'target-outranks-caller': async () => admin.client.post('/admin/disable-user', { userId: await rootId() }),
  'grants-exceed-own': async () => admin.client.post('/groups/create', { groupName: 'beyond', roles: [await server.newRole('/host/items/:itemId')] }),
  'login-method-closed': async () => logIn({ body: { email: ann.email, password, tenant: await newTenant({ loginMethods: [] }) } }),
  'tenant-not-yours': () => ann.client.post('/permissions/check?tenant=default', { checks: [] }),
  'self-not-allowed': async () => root('POST', '/admin/disable-user', { body: { userId: await rootId() } }),
  'last-superadmin': () => root('POST', '/roles/assign', { body: { email: 'root@example.com', type: 'guest' } }),

  'malformed-body': () => logIn({ body: '{"email":' }),
  'body-too-large': () => logIn({ body: { email: 'x'.repeat(200_000), password } }),
  'unsupported-media-type': () => logIn({ body: 'email=a', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
  'oauth-request-malformed': () => ask('grant_type=a&grant_type=b'),
  'grant-type-unsupported': async () => ask({ grant_type: 'password', ...await newClient() }),
  'scope-unknown': async () => ask({ grant_type: 'client_credentials', scope: 'all', ...await newClient() }),
  'invalid-input': () => logIn({ body: { email: { $gt: '' }, password, isActive: true } }),
  'weak-password': () => root('POST', '/admin/create-user', { body: { email: 'weak@example.com', password: 'short' } }),
  'right-not-registered': () => root('POST', '/roles/create', { body: { roleId: 'r', type: 'r', rights: ['/nowhere'] } }),
  'right-is-config': () => root('POST', '/roles/create', { body: { roleId: 'r', type: 'r', rights: ['/roles/create'] } }),
  'not-previewable': () => root('POST', '/roles/preview', { body: { method: 'POST', url: '/users/login', body: {} } }),
  'permission-not-known': () => root('PUT', '/roles/update', { body: { type: role, permissions: ['read:items', 'read:minds'] } }),
  'policies-too-complex': () => root('POST', '/roles/create', { body: { roleId: 'heavy', type: 'heavy', rights: [], policies: hostilePolicies({ pattern: alternating, count: 100 }) } }),
  'superadmin-not-inherited': () => root('PUT', '/roles/update', { body: { type: role, inherits: ['superadmin'] } }),
  'superadmin-not-timed': () => root('POST', '/roles/assign', { body: { userId: ann.userId, type: 'superadmin', mode: 'add', validUntil: '2100-01-01T00:00:00Z' } }),
  'role-circle': async () => {
    const [parent, child] = [await server.newRole(), await server.newRole()];
    await root('PUT', '/roles/update', { body: { type: child, inherits: [parent] }, expected: 200 });
    return root('PUT', '/roles/update', { body: { type: parent, inherits: [child] } });
  },
  'too-many-rights': async () => {
    const full = await server.newRole();
    const rights = Array.from({ length: 10_000 }, (_, index) => ({ name: `${index}`, path: '/old/', url: `/old/${index}`, access: 'auth' as const }));
    await server.stores.roles.updateOne({ tenantId: 'default', roleId: full }, { $set: { rights } });
    return root('PUT', '/roles/update-rights', { body: { roleId: full, add: ['/admin/load-users'] } });
  },

  'tenant-not-found': () => root('GET', '/roles/load?tenant=nobody'),
  'tenant-exists': () => root('POST', '/tenants/create', { body: { name: 'default', admin: { email: 'boss@example.com' } } }),
  'domain-in-use': () => root('POST', '/tenants/create', { body: { name: 'taker', domain: 'example.com', admin: { email: 'boss@example.com' } } }),
  'tenant-not-suspended': async () => deleteTenant(await newTenant()),
  'audit-not-exported': async () => {
    const name = await newTenant();
    await root('POST', '/tenants/suspend', { body: { tenantId: await tenantIdOf(name) }, expected: 200 });
    return deleteTenant(name);
  },
  'default-tenant-fixed': () => root('POST', '/tenants/suspend', { body: { tenantId: 'default' } }),
  'tenant-full': async () => root('POST', `/roles/create?tenant=${await newTenant({ limits: { roles: 3 } })}`, { body: { roleId: 'one-more', type: 'one-more', rights: [] } }),
  'role-not-found': () => root('GET', '/roles/get-rights?roleId=nobody'),
  'user-not-found': () => root('GET', '/admin/load-user/nobody'),
  'session-not-found': () => root('DELETE', '/profile/sessions/nothing'),
  'file-not-found': () => anybody('GET', '/docs/nothing.js'),
  'role-exists': () => root('POST', '/roles/create', { body: { roleId: role, type: 'another', rights: [] } }),
  'role-in-use': async () => {
    await server.newUser(role);
    return root('DELETE', `/roles/delete?roleId=${role}`);
  },
  'group-not-found': () => root('GET', '/groups/load/nothing'),
  'group-exists': async () => {
    await root('POST', '/groups/create', { body: { groupName: 'twice' }, expected: 201 });
    return root('POST', '/groups/create', { body: { groupName: 'twice' } });
  },
  'user-not-in-group': async () => {
    const { body } = await root('POST', '/groups/create', { body: { groupName: 'empty' }, expected: 201 });
    return root('DELETE', `/groups/remove-user?userId=${ann.userId}&groupId=${(body as { groupId: string }).groupId}`);
  },
  'client-not-found': () => root('POST', '/clients/disable', { body: { clientId: 'nobody' } }),
  'membership-not-found': () => root('DELETE', `/memberships/remove?userId=${ann.userId}&resource=projects/7&roleId=${role}`),
  'role-inherited': async () => {
    const parent = await server.newRole();
    await root('PUT', '/roles/update', { body: { type: await server.newRole(), inherits: [parent] }, expected: 200 });
    return root('DELETE', `/roles/delete?type=${parent}`);
  },
  'ladder-fixed': () => root('PUT', '/roles/update', { body: { type: 'user', inherits: [] } }),
  'system-role': () => root('DELETE', '/roles/delete?type=user'),
  'superadmin-rights-fixed': () => root('PUT', '/roles/update-rights', { body: { type: 'superadmin', remove: ['/roles/create'] } }),
  'email-taken': () => root('POST', '/admin/create-user', { body: { email: ann.email.toUpperCase(), password } }),
  'set-up-link-invalid': () => anybody('POST', '/users/set-up-superadmin', { body: { token: 'made-up', email: 'me@example.com', password } }),
  'link-invalid': () => anybody('POST', '/users/reset-password', { body: { token: 'made-up', password } }),
  'mail-not-possible': async () => {
    const { userId } = await server.newUser();
    await root('POST', '/admin/disable-user', { body: { userId }, expected: 200 });
    return root('POST', '/admin/set-new-password', { body: { userId } });
  },
  'version-conflict': () => root('PUT', `/admin/update-user/${ann.userId}`, { body: { firstName: 'Ann', version: 99 } }),

  'database-unreachable': async () => {
    const { uri, drop } = await createDatabase();
    const connection = await connect(uri);
    const node = await startGatehouse({ connection, logsIn: false, settings: testSettings({ DATABASE_SILENCE: '500' }) });
    await connection.close();
    try {
      return await node.anonymous.get('/readyz');
    } finally {
      await node.close().catch(() => undefined); // the refusals it still has to write have no database any more
      await drop();
    }
  },
  'keys-unreachable': () => askService({ jwksUrl: 'http://127.0.0.1:1/' }, ann.client.token),
  'users-unreachable': () => elsewhere({ users: { validateUser: () => Promise.reject(new Error(secret)) } }, (host) => host.anonymous.post('/users/login', { email: ann.email, password })),
  'password-queue-full': () => whileFull((passwordPool, fill) => elsewhere({ passwordPool }, (busy) => fill(() => busy.anonymous.post('/users/login', { email: ann.email, password })))),
  'tenant-moving': async () => {
    const name = await newTenant();
    await server.stores.tenants.updateOne({ name }, { $set: { status: 'suspended', movingTo: 'database' } });
    return root('GET', `/roles/load?tenant=${name}`);
  },
  'not-ready': async () => {
    const gatehouse = createGatehouse({ connection: server.connection, settings: testSettings() });
    const early = createServer(createApp(gatehouse));
    await new Promise<void>((resolve) => void early.listen(0, '127.0.0.1', resolve));
    try {
      return await undocumented(`http://127.0.0.1:${(early.address() as AddressInfo).port}`, '/livez');
    } finally {
      early.closeAllConnections();
      early.close();
      await gatehouse.close();
    }
  },
  'overloaded': askFull,
  'route-mismatch': () => undocumented(server.origin, '/host/turned'),
  'internal': () => undocumented(server.origin, '/host/fails'),
};

async function rootId(): Promise<string> {
  const { body } = await server.superadmin.get('/profile/me', 200);
  return body.user.userId;
}

describe('error codes', () => {
  it('scenarios, beside the table, are for exactly its codes', () => {
    expect(Object.keys(scenarios)).toEqual(Object.keys(errorTable));
  });

  for (const [code, meet] of Object.entries(scenarios) as [ErrorCode, () => Promise<Answer>][]) {
    it(`${code}, really met, answers ${errorTable[code].status} in its form and nothing of the inside`, async () => {
      const answer = await meet();
      ('oauth' in errorTable[code] ? expectOAuthError : expectProblem)(code, answer);
    });
  }

  it('extras, of the codes that have some, are there', async () => {
    expect((await scenarios['invalid-input']()).body).toMatchObject({ errors: [{ field: 'body.email' }, { field: 'body.isActive' }] });
    expect((await scenarios['right-missing']()).body).toMatchObject({ required: 'GET /admin/load-users' });
    expect((await scenarios['right-not-registered']()).body).toMatchObject({ errors: [{ field: 'body.rights[0]' }] });
    expect((await scenarios['permission-missing']()).body).toMatchObject({ required: 'read:items/7' });
    expect((await scenarios['role-missing']()).body).toMatchObject({ required: 'role staff' });
    expect((await scenarios['permission-not-known']()).body).toMatchObject({ errors: [{ field: 'body.permissions[1]' }] });
    expect((await scenarios['role-in-use']()).body).toMatchObject({ users: 2 });
  });
});
