import fc from 'fast-check';
import { oidc, providerBody } from '../features/sso/provider-content.ts';
import type { Answer, Client } from '../support/client/client.ts';
import { documentedOperations } from '../support/client/operations.ts';
import type { DocumentedOperation } from '../support/client/operations.ts';
import { proof } from '../support/proof.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../support/gatehouse/start-gatehouse.ts';
import { anyBody, anyContentType, anyQuery, anyText, isList } from './hostile-input.ts';
import type { GoodBody } from './hostile-input.ts';

const runs = proof({ short: 4, ci: 20, full: 60 });
const seed = 20_261_122;
const password = 'a long enough password';

/** Codes of a server that is at its limit, as documented; all other 5xx are faults. */
const busy = ['password-queue-full'];
/** What no caller may set, whatever the body is about. */
const protectedFields: Readonly<Record<string, unknown>> = {
  roles: ['superadmin'], tenantId: 'other', _id: 'ffffffffffffffffffffffff', passwordHash: '$2b$04$x', isActive: true, isSystemRole: true,
  version: 1, rights: ['/admin/load-users'], status: 'active',
  accessVersion: 1, emailKey: 'x', inherits: ['superadmin'], seeded: [], $set: { isActive: true }, ['__proto__']: { isActive: true },
  constructor: { prototype: {} },
};

let server: TestGatehouse;
let root: Client;
let victim: TestUser;
let role: string;
let groupId: string;
let tenantId: string;
let clientId: string;
let providerId: string;
let operations: DocumentedOperation[];
beforeAll(async () => {
  server = await startGatehouse();
  root = server.superadmin;
  [victim, role] = [await server.newUser(), await server.newRole('/admin/load-users')];
  ({ tenantId } = (await root.post('/tenants/create', { name: 'organization', admin: { email: 'boss@organization.example' } }, 201)).body);
  ({ clientId } = (await root.post('/clients/create', { name: 'service', roles: [role] }, 201)).body);
  ({ providerId } = (await root.post('/identity-providers/create', providerBody({ domains: [] }), 201)).body);
  ({ groupId } = (await root.post('/groups/create', { groupName: 'team' }, 201)).body);
  operations = await documentedOperations(server.anonymous);
});

/** A body that each write takes. */
function goodBodies(): Record<string, GoodBody> {
  const credentials = { email: 'nobody@example.com', password };
  return {
    'POST /users/login': credentials,
    'POST /login': credentials,
    'POST /users/set-up-superadmin': { ...credentials, token: 'made-up' },
    'POST /users/register': { ...credentials, firstName: 'No', username: 'nobody' },
    'POST /users/verify-email': { token: 'made-up', password },
    'POST /users/resend-verification': { email: credentials.email },
    'POST /users/refresh': { refresh_token: 'made-up' },
    'POST /users/forgot-password': { email: credentials.email },
    'POST /users/reset-password': { token: 'made-up', password },
    'POST /users/link-branding': { token: 'made-up' },
    'POST /users/logout': { provider: true },
    'POST /users/exchange-code': { code: 'made-up', codeVerifier: 'A'.repeat(43) },
    'POST /sso/discover': { email: credentials.email },
    'POST /profile/link-identity': { providerId, returnTo: 'https://app.example.com/', codeChallenge: 'A'.repeat(43) },
    'POST /profile/change-username': { username: 'nobody' },
    'PATCH /profile/update-profile-data': { firstName: 'No' },
    'POST /profile/change-email': credentials,
    'POST /profile/set-new-password': { currentPassword: password, newPassword: password },
    'POST /profile/delete-account': { password },
    'POST /profile/confirm-identity': { password },
    'POST /admin/set-new-password': { userId: victim.userId },
    'POST /admin/create-user': { ...credentials, firstName: 'No', username: 'nobody' },
    'PUT /admin/update-user/{userId}': { firstName: 'Ann' },
    'POST /admin/disable-user': { userId: victim.userId },
    'POST /admin/enable-user': { userId: victim.userId },
    'POST /permissions/check': {
      checks: [{ action: 'read', resource: 'items', attributes: { ownerId: 'me' } }, { method: 'GET', url: '/livez' }],
    },
    'POST /permissions/explain': { userId: victim.userId, action: 'read', resource: 'items' },
    'POST /permissions/who-can': { action: 'read', resource: 'items', attributes: { ownerId: 'me' }, limit: 2 },
    'POST /roles/preview': { method: 'POST', url: '/roles/assign', body: { userId: victim.userId, type: role, mode: 'add' } },
    'POST /groups/create': { groupName: 'new', roles: [role], policies: [{ effect: 'allow', actions: ['read'], resources: ['items'] }] },
    'PUT /groups/update': { groupId, groupName: 'newer', roles: [] },
    'POST /groups/add-users': [{ userId: victim.userId, groupId }],
    'POST /memberships/add': { userId: victim.userId, resource: 'projects/7', type: role },
    'POST /admin/unlink-identity': { userId: victim.userId, identityId: 'made-up' },
    'POST /domains/add': { domain: 'new.example' },
    'POST /domains/verify': { domain: 'new.example' },
    'POST /tenants/create': { name: 'new-tenant', domain: 'new.example', settings: { sessionHours: 2, loginMethods: ['password'] }, admin: {
      email: 'boss@new.example', username: 'boss',
    } },
    'PUT /tenants/update': { tenantId, domain: '', settings: { idleHours: 1 } },
    'POST /tenants/suspend': { tenantId },
    'POST /tenants/resume': { tenantId },
    'POST /clients/create': { name: 'robot', roles: [role] },
    'POST /clients/rotate-secret': { clientId },
    'POST /clients/disable': { clientId },
    'POST /clients/enable': { clientId },
    'POST /identity-providers/create': providerBody({ roleMapping: [{ group: 'staff', role }], attributeMapping: { email: 'mail' } }),
    'PUT /identity-providers/update': { providerId, provisioning: { create: true }, secrets: { clientSecret: 'a new secret' } },
    'POST /identity-providers/test': { providerId, token: 'made-up' },
    'POST /identity-providers/validate-token': { providerId, token: 'made-up' },
    'POST /identity-providers/activate': { providerId, revision: 1 },
    'POST /identity-providers/deactivate': { providerId },
    'POST /identity-providers/invite': { providerId, email: credentials.email },
    'POST /sso/setup/load': { token: 'made-up' },
    'POST /sso/setup/update': { token: 'made-up', configuration: oidc },
    'POST /sso/setup/test': { token: 'made-up' },
    'POST /roles/create': { roleId: 'new', type: 'new', name: 'New', rights: ['/audit/load'] },
    'PUT /roles/update': { type: role, description: 'New', policies: [
      { effect: 'deny', actions: ['read'], resources: ['items/*'], conditions: [{ type: 'ip', ranges: ['10.0.0.0/8'] }] },
    ] },
    'PUT /roles/set-default': { type: role },
    'PUT /roles/update-rights': { type: role, add: ['/audit/load'] },
    'POST /roles/assign': { userId: victim.userId, type: role, mode: 'add' },
  };
}

/** All that is stored and that a request may change, but for what a session keeps in step by itself. */
async function stateOf(): Promise<string> {
  const { identityProviders, users, clients, roles, groups, memberships, tenants, sessions, signingKeys, tokens, outbox } = server.stores;
  const tenantId = 'default';
  return JSON.stringify(await Promise.all([
    users.find({ tenantId }).select('+password').sort({ _id: 1 }).lean(),
    clients.find({ tenantId }).select('+secretHash').sort({ _id: 1 }).lean(), roles.find({ tenantId }).sort({ _id: 1 }).lean(),
    identityProviders.find({ tenantId }).sort({ _id: 1 }).lean(), groups.find({ tenantId }).sort({ _id: 1 }).lean(),
    memberships.find({ tenantId }).sort({ _id: 1 }).lean(), tenants.find().lean(),
    sessions.find({ tenantId }, { userId: 1, expiresAt: 1, device: 1 }).sort({ _id: 1 }).lean(), signingKeys.countDocuments(),
    // Tokens of mailed links are made later, by the mailer.
    tokens.countDocuments({ tenantId, kind: 'set-up-superadmin' }), outbox.countDocuments({ tenantId }),
  ]));
}

function expectNoFault(what: string, { status, body }: Answer): void {
  const code = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : '';
  if (status >= 500 && !(status === 503 && busy.includes(code))) throw new Error(`${what} answered ${status}: ${JSON.stringify(body)}`);
  // The names of what was sent are told back; nothing else may hold an operator, a hash or a stack.
  const { errors: _named, ...rest } = typeof body === 'object' && body !== null ? body as { errors?: unknown } : { body };
  const told = JSON.stringify(rest).replace(/(?:query|body)\.[^;]*? is not known here/g, ''); // OAuth's form of the same
  const tellsTooMuch = /\$2[aby]\$|\$[a-z]+|\n\s+at |node_modules|\.ts:\d/.test(told);
  if (status >= 400 && tellsTooMuch) throw new Error(`${what} told too much: ${JSON.stringify(body)}`);
}

/** Whether an operation names faults in the form of OAuth, without their fields. */
const hasOAuthErrors = (path: string): boolean => path.startsWith('/oauth/') || path.startsWith('/sso/back-channel/');

/** The operation's path, with text in place of its parameters. */
function fill({ path }: DocumentedOperation, texts: readonly string[]): string {
  let next = 0;
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(texts[next++] ?? (name === 'path' ? 'x' : victim.userId)));
}

/** Matches a list of faults that names each of these as unknown. */
function unknownFields(part: string, names: readonly string[]): unknown {
  return expect.arrayContaining(names.map((name) => ({ field: `${part}.${name}`, message: 'is not known here' })));
}

describe('random input', () => {
  it('openapi, lists at least as many operations as this file knows bodies for', () => {
    const writes = operations.filter(({ requestBody }) => requestBody?.content['application/json']).map(
      ({ method, path }) => `${method} ${path}`,
    );
    expect(writes.sort()).toEqual(Object.keys(goodBodies()).sort());
    expect(operations.length).toBeGreaterThan(25);
  });

  it('every operation, with any input of a superadmin, gives no 5xx, and a refused request changes nothing', async () => {
    const counts = new Map<number, number>();
    const leaver = await server.newUser();
    for (const [index, operation] of operations.entries()) {
      const good = goodBodies()[`${operation.method} ${operation.path}`];
      let state = await stateOf();
      await fc.assert(fc.asyncProperty(
        fc.array(anyText, { maxLength: 2 }), anyQuery(operation), anyBody(operation, good), anyContentType,
        async (texts, query, body, contentType) => {
          // A logout ends the session it comes with, so it comes with one of its own.
          const client = operation.path === '/users/logout' ? await server.anonymous.logIn(leaver.email, password) : root;
          const path = `${fill(operation, texts)}${query}`;
          const withBody = operation.method !== 'GET' && body !== undefined;
          const answer = await client.send(operation.method, path, withBody ? { body, headers: { 'Content-Type': contentType } } : {});
          expectNoFault(`${operation.method} ${path}`, answer);
          counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
          if (client !== root || (answer.status < 400 && operation.method !== 'GET')) state = await stateOf();
        },
      ), { seed: seed + index, numRuns: operation.requestBody ? 2 * runs : runs, includeErrorInReport: true });
      // Of every request since the last one that was taken, none has changed anything.
      if ((await stateOf()) !== state) throw new Error(`${operation.method} ${operation.path} refused a request and yet changed something`);
    }
    console.log(`random input: ${JSON.stringify(Object.fromEntries([...counts].sort()))}`);
    // Else nothing was tested but the first check in line.
    for (const status of [200, 400, 413, 415, 422]) expect(counts.get(status) ?? 0).toBeGreaterThan(0);
    await root.get('/profile/me', 200);
  }, proof({ short: 120_000, ci: 600_000, full: 1_200_000 }));

  it('auth and config operations, without a token or the right, answer 401 and 403 to any input', async () => {
    const guest = await server.newUser();
    const state = await stateOf();
    const gated = operations.filter((operation) => operation['x-access'] === 'config' || operation.path.startsWith('/admin/'));
    for (const operation of gated) {
      const good = goodBodies()[`${operation.method} ${operation.path}`];
      await fc.assert(fc.asyncProperty(anyQuery(operation), anyBody(operation, good), anyContentType, async (query, body, contentType) => {
        const options = operation.method === 'GET' || body === undefined ? {} : { body, headers: { 'Content-Type': contentType } };
        for (const [client, status] of [[server.anonymous, 401], [guest.client, 403]] as const) {
          const answer = await client.send(operation.method, `${fill(operation, [])}${query}`, options);
          if (answer.status !== status) {
            throw new Error(`${operation.method} ${operation.path}${query} answered ${answer.status}, not ${status}`);
          }
        }
      }), { seed, numRuns: Math.ceil(runs / 4), includeErrorInReport: true });
    }
    expect(await stateOf()).toBe(state);
  }, 300_000);
});

describe('mass assignment', () => {
  it('protected field, in a valid body of any write, is 422 that names it, and nothing changes', async () => {
    const state = await stateOf();
    for (const operation of operations) {
      const good = goodBodies()[`${operation.method} ${operation.path}`];
      const known = operation.requestBody?.content['application/json']?.schema.properties ?? {};
      for (const [name, value] of Object.entries(good ? protectedFields : {})) {
        if (Object.hasOwn(known, name)) continue;
        // Written as text, because __proto__ in an object would be its prototype.
        const write = (like: unknown) => `${JSON.stringify(like).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`;
        const [body, part] = good && isList(good) ? [`[${write(good[0])}]`, 'body[0]'] : [write(good), 'body'];
        const answer = await root.send(operation.method, fill(operation, []), { body });
        expect({ operation: operation.path, name, status: answer.status, body: answer.body })
          .toMatchObject({ status: 422, body: { code: 'invalid-input', errors: unknownFields(part, [name]) } });
      }
    }
    expect(await stateOf()).toBe(state);
  }, 60_000);

  it('protected field, in the query of any operation, is 422 and nothing changes', async () => {
    const state = await stateOf();
    // Public pages and documents take any query and read none of it: see every-url.
    const reading = operations.filter((operation) => operation.method !== 'GET' || operation['x-access'] !== 'simple');
    expect(reading.length).toBeGreaterThan(operations.length * 0.8);
    for (const operation of reading.filter(({ path }) => path !== '/users/logout' && !hasOAuthErrors(path))) {
      const good = goodBodies()[`${operation.method} ${operation.path}`];
      const known = (operation.parameters ?? []).map(({ name }) => name);
      const names = Object.keys(protectedFields).filter((name) => !known.includes(name));
      const answer = await root.send(operation.method, `${fill(operation, [])}?${names.map((name) =>
        `${name}=1`).join('&')}`, good ? { body: good } : {});
      expect({ operation: operation.path, status: answer.status, body: answer.body }).toMatchObject({
        status: 422,
        body: {
          errors: expect.arrayContaining(names.map((name) => ({ field: `query.${name}`, message: 'is not known here' }))) as unknown,
        },
      });
    }
    expect(await stateOf()).toBe(state);
  });

  it('right written with an access class, name and path of its own, is stored with the registered ones', async () => {
    const right = { url: '/admin/load-users', access: 'simple', name: 'free', path: '/free/', stale: false };
    await root.post('/roles/create', { roleId: 'written', type: 'written', rights: [right] }, 201);
    const stored = await server.stores.roles.findOne({ tenantId: 'default', roleId: 'written' }).lean();
    expect(stored?.rights).toEqual([{ name: 'load-users', path: '/admin/', url: '/admin/load-users', access: 'auth' }]);
    expect(stored).toMatchObject({ isSystemRole: false, isDefault: false, inherits: [], version: 1, tenantId: 'default' });
    await root.post('/roles/create', { roleId: 'worse', type: 'worse', rights: [{ ...right, isSystemRole: true }] }, 422);
  });
});
