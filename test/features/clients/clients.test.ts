import { codeOf, itemsOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { asService, basicOf, newServiceClient, postForm } from '../../support/service-client.ts';
import type { ServiceClient } from '../../support/service-client.ts';

const server = await startGatehouse();
const root = () => server.superadmin;
const askToken = (client: ServiceClient) => postForm(
  server.anonymous, '/oauth/token', { grant_type: 'client_credentials' }, basicOf(client),
);

describe('clients', () => {
  it('created, is shown with its secret once, and stored with its SHA-256 alone', async () => {
    const role = await server.newRole('/admin/load-users');
    const client = await newServiceClient(root(), [role]);
    expect(client).toMatchObject({ name: 'robot', roles: [role], isActive: true });
    expect(client.secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const listed = itemsOf(await root().get('/clients/load', 200)).find(({ clientId }) => clientId === client.clientId);
    expect(listed).toMatchObject({ name: 'robot', roles: [role] });
    expect(listed).not.toHaveProperty('secret');
    const stored = await server.stores.clients.findOne({ tenantId: 'default', _id: client.clientId }).select('+secretHash').lean();
    expect(stored?.secretHash).toMatch(/^[0-9a-f]{64}$/);
    const trail = JSON.stringify((await root().get('/audit/load?limit=200', 200)).body);
    for (const text of [client.secret, stored?.secretHash ?? '']) expect(trail).not.toContain(text);
    expect(JSON.stringify(stored)).not.toContain(client.secret);
  });

  it('with a role, does what the role gives and no more, and shows as a session of its own kind', async () => {
    const client = await newServiceClient(root(), [await server.newRole('/admin/load-users')]);
    const service = await asService(server.anonymous, client);
    await service.get('/admin/load-users', 200);
    expect(codeOf(await service.get('/audit/load'))).toBe('right-missing');
    const [session] = itemsOf(await root().get(`/admin/load-sessions?userId=${client.clientId}`, 200));
    expect(session).toMatchObject({ kind: 'client', userId: client.clientId });
    await root().delete(`/admin/delete-session/${session?.sessionId ?? ''}`, 204);
    expect(codeOf(await service.get('/admin/load-users'))).toBe('session-ended');
  });

  it('whose role loses a right, loses it with the next request', async () => {
    const role = await server.newRole('/admin/load-users');
    const service = await asService(server.anonymous, await newServiceClient(root(), [role]));
    await service.get('/admin/load-users', 200);
    await root().put('/roles/update-rights', { type: role, remove: ['/admin/load-users'] }, 200);
    expect(codeOf(await service.get('/admin/load-users'))).toBe('right-missing');
  });

  it('disabled, is refused at once with its secret and its token, and enabled again with a new token alone', async () => {
    const client = await newServiceClient(root(), [await server.newRole('/admin/load-users')]);
    const service = await asService(server.anonymous, client);
    await root().post('/clients/disable', { clientId: client.clientId }, 200);
    expect((await service.get('/admin/load-users')).status).toBe(401);
    expect((await askToken(client)).body).toMatchObject({ error: 'invalid_client' });
    await root().post('/clients/enable', { clientId: client.clientId }, 200);
    expect(codeOf(await service.get('/admin/load-users'))).toBe('session-ended');
    await (await asService(server.anonymous, client)).get('/admin/load-users', 200);
  });

  it('given another secret, is refused with the old one, and the sessions of the old one end', async () => {
    const client = await newServiceClient(root(), [await server.newRole('/admin/load-users')]);
    const service = await asService(server.anonymous, client);
    const renewed = (await root().post('/clients/rotate-secret', { clientId: client.clientId }, 200)).body;
    expect(renewed.secret).not.toBe(client.secret);
    expect((await askToken(client)).body).toMatchObject({ error: 'invalid_client' });
    expect(codeOf(await service.get('/admin/load-users'))).toBe('session-ended');
    await (await asService(server.anonymous, renewed)).get('/admin/load-users', 200);
  });

  it('deleted, is refused and gone, and every change of it is in the trail', async () => {
    const client = await newServiceClient(root());
    const service = await asService(server.anonymous, client);
    await root().delete(`/clients/delete?clientId=${client.clientId}`, 204);
    expect((await service.get('/permissions')).status).toBe(401);
    expect((await askToken(client)).body).toMatchObject({ error: 'invalid_client' });
    expect(codeOf(await root().post('/clients/enable', { clientId: client.clientId }))).toBe('client-not-found');
    const records = itemsOf(await root().get('/audit/load?limit=200', 200)) as unknown as { action: string; target?: { id: string } }[];
    expect(records.filter(({ target }) => target?.id === client.clientId).map(({ action }) => action))
      .toEqual(['client.delete', 'client.create']);
  });

  it('that holds a role, keeps it from being deleted, and is given the one that is named instead', async () => {
    const [old, next] = [await server.newRole('/admin/load-users'), await server.newRole('/audit/load')];
    const service = await asService(server.anonymous, await newServiceClient(root(), [old]));
    expect(codeOf(await root().delete(`/roles/delete?type=${old}`))).toBe('role-in-use');
    await root().delete(`/roles/delete?type=${old}&reassignTo=${next}`, 204);
    await service.get('/audit/load', 200);
    expect(codeOf(await service.get('/admin/load-users'))).toBe('right-missing');
  });

  it('is no superadmin, and holds no role that does not exist', async () => {
    expect(codeOf(await root().post('/clients/create', { name: 'robot', roles: ['superadmin'] }))).toBe('superadmin-not-inherited');
    expect(codeOf(await root().post('/clients/create', { name: 'robot', roles: ['nobody'] }))).toBe('role-not-found');
  });

  it('as a caller, asks what it may do, sees and ends its sessions, and has no account', async () => {
    const client = await newServiceClient(root(), [await server.newRole('/admin/load-users')]);
    const service = await asService(server.anonymous, client);
    const checks = [{ method: 'GET', url: '/admin/load-users' }, { method: 'GET', url: '/audit/load' }];
    for (const [caller, about] of [[service, {}], [root(), { userId: client.clientId }]] as const) {
      const { body } = await caller.post('/permissions/check', { checks: checks.map((check) => ({ ...check, ...about })) }, 200);
      expect(body.decisions.map(({ allowed }) => allowed)).toEqual([true, false]);
    }
    expect(JSON.stringify((await service.get('/permissions', 200)).body)).toContain('/admin/load-users');
    expect(codeOf(await service.get('/profile/me'))).toBe('user-not-found');
    expect(itemsOf(await service.get('/profile/sessions', 200))).toHaveLength(1);
    await service.post('/users/logout', undefined, 204);
    expect(codeOf(await service.get('/profile/sessions'))).toBe('session-ended');
  });
});

describe('an admin of a tenant', () => {
  it('looks after clients of that tenant that hold no more than they do', async () => {
    const { body } = await root().post('/tenants/create', { name: 'acme', admin: { email: 'boss@acme.test' } }, 201);
    const { tenantId, adminId } = body;
    const inTenant = '?tenant=acme';
    // A role beside the admin's, with a config URL that the admin has meanwhile lost.
    const roles = [
      { roleId: 'keeper', type: 'keeper', rights: ['/audit/load'] }, { roleId: 'reader', type: 'reader', rights: ['/admin/load-users'] },
    ];
    for (const role of roles) await root().post(`/roles/create${inTenant}`, role, 201);
    await root().put(`/roles/update-rights${inTenant}`, { type: 'admin', remove: ['/audit/load'] }, 200);
    const { body: user } = await root().post(
      `/admin/create-user${inTenant}`, { email: 'vice@acme.test', password: 'a long enough password' }, 201,
    );
    await root().post(`/roles/assign${inTenant}`, { userId: user.userId, type: 'admin', mode: 'add' }, 200);
    const admin = await server.anonymous.logIn('vice@acme.test', 'a long enough password', 'acme');
    expect(adminId).not.toBe(user.userId);

    const own = await newServiceClient(admin, ['reader']);
    expect(own.clientId.startsWith(`${tenantId}.`)).toBe(true);
    expect(codeOf(await admin.post('/clients/create', { name: 'robot', roles: ['keeper'] }))).toBe('grants-exceed-own');
    const above = await newServiceClient(root(), ['keeper'], inTenant);
    const { clientId } = above;
    expect(codeOf(await admin.post('/clients/rotate-secret', { clientId }))).toBe('target-outranks-caller');
    expect(codeOf(await admin.post('/clients/disable', { clientId }))).toBe('target-outranks-caller');
    expect(codeOf(await admin.delete(`/clients/delete?clientId=${clientId}`))).toBe('target-outranks-caller');
    const foreign = await newServiceClient(root());
    expect(codeOf(await admin.post('/clients/disable', { clientId: foreign.clientId }))).toBe('client-not-found');
    expect(itemsOf(await admin.get('/clients/load', 200)).map((each) => each.clientId).sort()).toEqual([own.clientId, clientId].sort());

    const service = await asService(server.anonymous, own);
    expect(JSON.stringify((await service.get('/admin/load-users', 200)).body)).toContain('vice@acme.test');
    await root().post('/tenants/suspend', { tenantId }, 200);
    expect((await service.get('/admin/load-users')).status).toBe(401);
    expect((await askToken(own)).body).toMatchObject({ error: 'invalid_client' });
    await root().post('/tenants/resume', { tenantId }, 200);
    await service.get('/admin/load-users', 200);
  }, 60_000);
});
