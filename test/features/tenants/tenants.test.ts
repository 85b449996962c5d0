import { createHash } from 'node:crypto';
import { codeOf, itemsOf } from '../../support/answers.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mailbox } from '../../support/mailbox.ts';
import type { Client } from '../../support/client/client.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { longPassword as password, createUserAs, inviteTenant } from '../../support/invited-tenant.ts';
import type { InvitedTenant } from '../../support/invited-tenant.ts';
import { testSettings } from '../../support/test-settings.ts';

const credentials = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password };

let mailbox: Mailbox;
let server: TestGatehouse;
let counter = 0;
beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startGatehouse({ settings: testSettings({ ...credentials, SMTP_URL: mailbox.url }) });
});

async function newTenant(settings: object = {}): Promise<InvitedTenant & { readonly domain: string }> {
  const name = `tenant-${(counter += 1)}`;
  const domain = `${name}.example`;
  return { ...await inviteTenant(server, mailbox, { name, domain, settings }), domain };
}

async function newUserOf({ admin, name }: InvitedTenant, email: string, ...roles: string[]): Promise<{ userId: string; client: Client }> {
  const userId = await createUserAs(admin, email, ...roles);
  return { userId, client: await server.anonymous.logIn(email, password, name) };
}

describe('a tenant', () => {
  it('with names of its first admin, creates an admin with these names', async () => {
    const names = { username: 'boss', firstName: 'Ann', lastName: 'Lee' };
    const { tenantId, adminId } = (await server.superadmin.post(
      '/tenants/create', { name: 'with-names', admin: { email: 'boss@with-names.test', ...names } }, 201,
    )).body;
    expect(await server.stores.users.findOne({ tenantId, _id: adminId }).lean()).toMatchObject(names);
  });

  it('that is changed, is recorded as it was and as it is', async () => {
    const { tenantId, name } = await newTenant();
    const domain = `${name}-new.example`;
    await server.superadmin.put('/tenants/update', { tenantId, domain, settings: { sessionHours: 2 } }, 200);
    const record = await server.stores.auditRecords.findOne({ tenantId, action: 'tenant.update' }).lean();
    expect(record).toMatchObject({
      target: { kind: 'tenant', id: tenantId }, before: { domain: `${name}.example` }, after: { domain, settings: { sessionHours: 2 } },
    });
  });
});

describe('two tenants', () => {
  it('with the same address and a role of the same name, are blind to each other', async () => {
    const [one, two] = [await newTenant(), await newTenant()];
    await one.admin.post('/roles/create', { roleId: 'auditor', type: 'auditor', rights: ['/audit/load'] }, 201);
    await two.admin.post('/roles/create', { roleId: 'auditor', type: 'auditor', rights: ['/admin/load-users'] }, 201);
    const email = 'ann@both.test';
    const [first, second] = [await newUserOf(one, email, 'auditor'), await newUserOf(two, email, 'auditor')];
    expect(first.userId).not.toBe(second.userId);
    await first.client.get('/audit/load', 200);
    await first.client.get('/admin/load-users', 403);
    await second.client.get('/audit/load', 403);
    const { body } = await second.client.get('/admin/load-users', 200);
    expect(JSON.stringify(body)).not.toContain(first.userId);
    expect(codeOf(await one.admin.get(`/admin/load-user/${second.userId}`))).toBe('user-not-found');
    expect(itemsOf(await one.admin.get('/admin/load-users', 200)).map(({ userId }) => userId).sort())
      .toEqual([one.adminId, first.userId].sort());
    expect(codeOf(await server.superadmin.get(`/admin/load-user/${first.userId}`))).toBe('user-not-found');
    expect(codeOf(await server.anonymous.post('/users/login', { email, password }))).toBe('invalid-credentials');
  }, 60_000);
});

describe('an admin of a tenant', () => {
  it('reaches the config URLs that are open to tenant admins, in the own tenant alone', async () => {
    const { admin, name } = await newTenant();
    await admin.get('/roles/load', 200);
    expect(codeOf(await admin.get('/tenants/load'))).toBe('right-missing');
    expect(codeOf(await admin.get(`/roles/load?tenant=${name}`))).toBe('tenant-not-yours');
    expect(codeOf(await admin.get('/roles/load?tenant=nobody'))).toBe('tenant-not-yours');
    const { client } = await server.newUser('admin');
    expect(codeOf(await client.get('/roles/load'))).toBe('right-missing');
  }, 60_000);

  it('cannot give a role a config URL, create a superadmin, or grant what they lack', async () => {
    const tenant = await newTenant();
    expect(codeOf(await tenant.admin.post('/roles/create', { roleId: 'helper', type: 'helper', rights: ['/roles/load'] })))
      .toBe('right-is-config');
    expect(codeOf(await tenant.admin.post('/roles/create', { roleId: 'superadmin', type: 'boss', rights: [] }))).toBe('role-exists');
    expect(codeOf(await tenant.admin.post('/roles/create', { roleId: 'boss', type: 'superadmin', rights: [] }))).toBe('role-exists');
    expect(codeOf(await tenant.admin.post('/roles/assign', { userId: tenant.adminId, type: 'superadmin', mode: 'add' })))
      .toBe('role-not-found');
    expect(codeOf(await tenant.admin.put('/roles/update-rights', { type: 'admin', add: ['/tenants/load'] }))).toBe('right-is-config');
    expect(codeOf(await tenant.admin.post('/roles/create', {
      roleId: 'writer', type: 'writer', rights: [], policies: [{ effect: 'allow', actions: ['manage'], resources: ['*'] }],
    }))).toBe('grants-exceed-own');
    // One that was taken away comes back by being granted again, to this role alone.
    await server.superadmin.put(`/roles/update-rights?tenant=${tenant.name}`, { type: 'admin', remove: ['/roles/preview'] }, 200);
    expect(codeOf(await tenant.admin.post('/roles/preview', { method: 'POST', url: '/roles/assign' }))).toBe('right-missing');
    await server.superadmin.put(`/roles/update-rights?tenant=${tenant.name}`, { type: 'admin', add: ['/roles/preview'] }, 200);
    expect(codeOf(await tenant.admin.post('/roles/preview', { method: 'GET', url: '/roles/load' }))).toBe('not-previewable');
  }, 60_000);

  it('with a role that was stored with a config URL, is refused at that URL', async () => {
    const tenant = await newTenant();
    await tenant.admin.post('/roles/create', { roleId: 'sly', type: 'sly', rights: ['/audit/load'] }, 201);
    const { client } = await newUserOf(tenant, 'sly@example.com', 'sly');
    await client.get('/audit/load', 200);
    await server.stores.roles.updateOne({ tenantId: tenant.tenantId, roleId: 'sly' }, {
      $push: { rights: { name: 'load', path: '/roles/', url: '/roles/load', access: 'config' } },
    });
    await tenant.admin.put('/roles/update', { type: 'sly', permissions: [], description: 'another' }, 200);
    expect(codeOf(await client.get('/roles/load'))).toBe('right-missing');
  }, 60_000);
});

describe('a superadmin of the platform', () => {
  it('that names a tenant, acts there, which is recorded in both trails', async () => {
    const { tenantId, name, admin } = await newTenant();
    await server.superadmin.post(
      `/roles/create?tenant=${name}`, { roleId: 'made-outside', type: 'made-outside', rights: ['/audit/load'] }, 201,
    );
    expect(itemsOf(await admin.get('/roles/load', 200)).map(({ type }) => type).sort()).toEqual(['admin', 'guest', 'made-outside', 'user']);
    expect(itemsOf(await server.superadmin.get('/roles/load', 200)).map(({ type }) => type)).not.toContain('made-outside');
    const target = { kind: 'role', id: 'made-outside' };
    const [there] = itemsOf(await admin.get('/audit/load?action=role.create', 200));
    expect(there).toMatchObject({ target, actorTenantId: 'default', after: { roleId: 'made-outside' } });
    const [here] = itemsOf(await server.superadmin.get('/audit/load?action=role.create', 200));
    expect(here).toMatchObject({ target, targetTenantId: tenantId });
  }, 60_000);

  it('that names an unknown tenant, or names one in a malformed way, is refused', async () => {
    expect(codeOf(await server.superadmin.get('/roles/load?tenant=nobody'))).toBe('tenant-not-found');
    expect(codeOf(await server.superadmin.get('/roles/load?tenant=a&tenant=b'))).toBe('invalid-input');
    expect(codeOf(await server.superadmin.get('/profile/me?tenant=default'))).toBe('invalid-input');
  });

  it('creates, changes, lists, suspends and resumes tenants; a lost race, a taken name and the default tenant are refused', async () => {
    const settings = {
      sessionHours: 3, idleHours: 1, loginMethods: ['password'], passwordMinimum: 12, returnUrls: ['https://app.example/back'],
      limits: { users: 50, roles: 20, groups: 10, clients: 5, checksPerSecond: 1_000 },
    };
    const { tenantId, name, domain } = await newTenant(settings);
    const listed = await server.superadmin.get(`/tenants/load?name=${name}`, 200);
    expect(itemsOf(listed))
      .toEqual([expect.objectContaining({ tenantId, name, domain, status: 'active', settings, version: 1 })]);
    const { body } = await server.superadmin.put('/tenants/update', { tenantId, domain: '', settings: { idleHours: 2 }, version: 1 }, 200);
    const createdAt = expect.any(String) as unknown;
    expect(body).toEqual({ tenantId, name, status: 'active', settings: { idleHours: 2 }, isolation: 'shared', version: 2, createdAt });
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId, name: 'another', version: 1 }))).toBe('version-conflict');
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId, name: 'default' }))).toBe('tenant-exists');
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId, settings: { defaultRole: 'nobody' } })))
      .toBe('role-not-found');
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId: 'default', name: 'platform' }))).toBe('default-tenant-fixed');
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId: 'nobody', name: 'platform' }))).toBe('tenant-not-found');
    for (const [url, status] of [['suspend', 'suspended'], ['resume', 'active']]) {
      expect((await server.superadmin.post(`/tenants/${url}`, { tenantId }, 200)).body).toMatchObject({ status });
    }
    expect(codeOf(await server.superadmin.post('/tenants/suspend', { tenantId: 'default' }))).toBe('default-tenant-fixed');
    expect(codeOf(await server.superadmin.post('/tenants/suspend', { tenantId: 'nobody' }))).toBe('tenant-not-found');
  }, 60_000);
});

describe('a suspended tenant', () => {
  it('refuses every way in, as an unknown tenant would, until it is resumed', async () => {
    const tenant = await newTenant();
    const { client } = await newUserOf(tenant, 'ann@example.com');
    const session = await server.anonymous.post('/users/login', { email: tenant.adminEmail, password, tenant: tenant.name }, 200);
    const { refresh_token } = session.body;
    await server.anonymous.post('/users/register', { email: 'late@example.com', password, tenant: tenant.name }, 201);
    const { token: link } = await mailbox.next('late@example.com');

    await server.superadmin.post('/tenants/suspend', { tenantId: tenant.tenantId }, 200);
    for (const each of [client, tenant.admin]) expect(codeOf(await each.get('/profile/me'))).toBe('session-ended');
    expect(codeOf(await server.anonymous.post('/users/login', { email: tenant.adminEmail, password, tenant: tenant.name })))
      .toBe('invalid-credentials');
    expect(codeOf(await server.anonymous.post('/users/refresh', { refresh_token }))).toBe('session-ended');
    expect(codeOf(await server.anonymous.post('/users/verify-email', { token: link, password }))).toBe('link-invalid');
    expect(codeOf(await server.anonymous.post('/users/reset-password', { token: link, password }))).toBe('link-invalid');
    expect(codeOf(await server.anonymous.post('/users/register', { email: 'later@example.com', password, tenant: tenant.name })))
      .toBe('tenant-not-found');
    const before = mailbox.mails().length;
    await server.anonymous.post('/users/forgot-password', { email: tenant.adminEmail, tenant: tenant.name }, 202);
    await server.superadmin.get(`/roles/load?tenant=${tenant.name}`, 200);

    await server.superadmin.post('/tenants/resume', { tenantId: tenant.tenantId }, 200);
    await client.get('/profile/me', 200);
    await server.anonymous.post('/users/verify-email', { token: link, password }, 200);
    expect(mailbox.mails().length).toBe(before);
  }, 60_000);
});

describe('a deleted tenant', () => {
  it('leaves only its export and a record of the platform, and its name is free again', async () => {
    const tenant = await newTenant();
    await newUserOf(tenant, 'ann@example.com');
    const { tenantId, name } = tenant;
    await server.superadmin.post('/tenants/suspend', { tenantId }, 200);
    const lines = (await server.superadmin.get(`/audit/export?tenant=${name}`, 200)).body.trimEnd().split('\n');
    const { records, digest } = JSON.parse(lines.pop() ?? '') as { records: number; digest: string };
    expect(lines).toHaveLength(records);
    expect(createHash('sha256').update(lines.map((line) => `${line}\n`).join('')).digest('hex')).toBe(digest);
    expect(lines.map((line) => (JSON.parse(line) as { action: string }).action))
      .toEqual(expect.arrayContaining(['tenant.create', 'role.create', 'user.create', 'session.login', 'tenant.suspend']));

    const remove = (named: string, about = digest) => server.superadmin.delete(
      `/tenants/delete?tenantId=${tenantId}&name=${named}&digest=${about}`,
    );
    expect(codeOf(await remove('another-name'))).toBe('invalid-input');
    expect(codeOf(await remove(name, '0'.repeat(64)))).toBe('audit-not-exported');
    expect((await remove(name)).status).toBe(204);
    expect(codeOf(await remove(name))).toBe('tenant-not-found');
    const { tenants, lockDocuments: _guards, rateLimits: _limits, signingKeys: _keys, ...owned } = server.stores;
    for (const { collection } of Object.values(owned)) expect(await collection.countDocuments({ tenantId })).toBe(0);
    expect(await tenants.countDocuments({ _id: tenantId })).toBe(0);
    const [record] = itemsOf(await server.superadmin.get('/audit/load?action=tenant.delete', 200));
    expect(record).toMatchObject({ target: { kind: 'tenant', id: tenantId }, after: { status: 'deleted' } });
    expect(codeOf(await tenant.admin.get('/profile/me'))).toBe('session-ended');
    await server.superadmin.post('/tenants/create', { name, admin: { email: 'boss@again.test' } }, 201);
  }, 60_000);

  it('whose removal was interrupted, lets nobody in, and is removed by the next call', async () => {
    const { tenantId, name, admin } = await newTenant();
    await server.stores.tenants.updateOne({ _id: tenantId }, { $set: { status: 'deleted' } });
    await server.stores.sessions.deleteMany({ tenantId });
    expect(codeOf(await admin.get('/profile/me'))).toBe('session-ended');
    expect(codeOf(await server.superadmin.post('/tenants/resume', { tenantId }))).toBe('tenant-not-found');
    expect((await server.superadmin.delete(`/tenants/delete?tenantId=${tenantId}&name=${name}&digest=${'0'.repeat(64)}`)).status).toBe(204);
    expect(await server.stores.users.countDocuments({ tenantId })).toBe(0);
  }, 60_000);
});
