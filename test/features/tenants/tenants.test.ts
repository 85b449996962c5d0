import { createHash } from 'node:crypto';
import { codeOf, itemsOf } from '../../support/answers.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mailbox } from '../../support/mailbox.ts';
import type { Client } from '../../support/client/client.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

const password = 'a long enough password';
/** Long enough for every tenant here. */
const adminPassword = 'a password that is long enough for all';
const credentials = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password };

let mailbox: Mailbox;
let server: TestGatehouse;
let skew = 0;
let counter = 0;
beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startGatehouse({ settings: testSettings({ ...credentials, SMTP_URL: mailbox.url }), clock: () => Date.now() + skew });
});

interface Organization {
  readonly tenantId: string;
  readonly name: string;
  readonly domain: string;
  readonly adminId: string;
  readonly adminEmail: string;
  readonly admin: Client;
}

/** A tenant whose first admin has followed the link and logged in. */
async function newTenant(settings: object = {}): Promise<Organization> {
  const name = `tenant-${(counter += 1)}`;
  const domain = `${name}.example`;
  const adminEmail = `boss@${name}.test`;
  const { body } = await server.superadmin.post('/tenants/create', { name, domain, settings, admin: { email: adminEmail } }, 201);
  const { tenantId, adminId } = body;
  const { token } = await mailbox.next(adminEmail);
  await server.anonymous.post('/users/reset-password', { token, password: adminPassword }, 204);
  return { tenantId, name, domain, adminId, adminEmail, admin: await server.anonymous.logIn(adminEmail, adminPassword, name) };
}

async function newUserOf({ admin, name }: Organization, email: string, ...roles: string[]): Promise<{ userId: string; client: Client }> {
  const { body } = await admin.post('/admin/create-user', { email, password }, 201);
  const { userId } = body;
  for (const type of roles) await admin.post('/roles/assign', { userId, type, mode: 'add' }, 200);
  return { userId, client: await server.anonymous.logIn(email, password, name) };
}

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
    expect(itemsOf(await one.admin.get('/admin/load-users', 200)).map(({ userId }) => userId).sort()).toEqual([one.adminId, first.userId].sort());
    expect(codeOf(await server.superadmin.get(`/admin/load-user/${first.userId}`))).toBe('user-not-found');
    expect(codeOf(await server.anonymous.post('/users/login', { email, password }))).toBe('invalid-credentials');
  }, 60_000);
});

describe('an admin of a tenant', () => {
  it('holds the config URLs that say so, in that tenant alone, and no other', async () => {
    const { admin, name } = await newTenant();
    await admin.get('/roles/load', 200);
    expect(codeOf(await admin.get('/tenants/load'))).toBe('right-missing');
    expect(codeOf(await admin.get(`/roles/load?tenant=${name}`))).toBe('tenant-not-yours');
    expect(codeOf(await admin.get('/roles/load?tenant=nobody'))).toBe('tenant-not-yours');
    const { client } = await server.newUser('admin');
    expect(codeOf(await client.get('/roles/load'))).toBe('right-missing');
  }, 60_000);

  it('gives no other role a config URL, makes no superadmin, and hands out nothing that they lack', async () => {
    const tenant = await newTenant();
    expect(codeOf(await tenant.admin.post('/roles/create', { roleId: 'helper', type: 'helper', rights: ['/roles/load'] }))).toBe('right-is-config');
    expect(codeOf(await tenant.admin.post('/roles/create', { roleId: 'superadmin', type: 'boss', rights: [] }))).toBe('role-exists');
    expect(codeOf(await tenant.admin.post('/roles/create', { roleId: 'boss', type: 'superadmin', rights: [] }))).toBe('role-exists');
    expect(codeOf(await tenant.admin.post('/roles/assign', { userId: tenant.adminId, type: 'superadmin', mode: 'add' }))).toBe('role-not-found');
    expect(codeOf(await tenant.admin.put('/roles/update-rights', { type: 'admin', add: ['/tenants/load'] }))).toBe('right-is-config');
    expect(codeOf(await tenant.admin.post('/roles/create', { roleId: 'writer', type: 'writer', rights: [], policies: [{ effect: 'allow', actions: ['manage'], resources: ['*'] }] }))).toBe('grants-exceed-own');
    // One that was taken away comes back by being granted again, to this role alone.
    await server.superadmin.put(`/roles/update-rights?tenant=${tenant.name}`, { type: 'admin', remove: ['/roles/preview'] }, 200);
    expect(codeOf(await tenant.admin.post('/roles/preview', { method: 'POST', url: '/roles/assign' }))).toBe('right-missing');
    await server.superadmin.put(`/roles/update-rights?tenant=${tenant.name}`, { type: 'admin', add: ['/roles/preview'] }, 200);
    expect(codeOf(await tenant.admin.post('/roles/preview', { method: 'GET', url: '/roles/load' }))).toBe('not-previewable');
  }, 60_000);

  it('of a role that was stored with a config URL all the same, opens nothing by it', async () => {
    const tenant = await newTenant();
    await tenant.admin.post('/roles/create', { roleId: 'sly', type: 'sly', rights: ['/audit/load'] }, 201);
    const { client } = await newUserOf(tenant, 'sly@example.com', 'sly');
    await client.get('/audit/load', 200);
    await server.stores.roles.updateOne({ tenantId: tenant.tenantId, roleId: 'sly' }, { $push: { rights: { name: 'load', path: '/roles/', url: '/roles/load', access: 'config' } } });
    await tenant.admin.put('/roles/update', { type: 'sly', permissions: [], description: 'another' }, 200);
    expect(codeOf(await client.get('/roles/load'))).toBe('right-missing');
  }, 60_000);
});

describe('a superadmin of the platform', () => {
  it('that names a tenant, acts there, which is recorded in both trails', async () => {
    const { tenantId, name, admin } = await newTenant();
    await server.superadmin.post(`/roles/create?tenant=${name}`, { roleId: 'made-outside', type: 'made-outside', rights: ['/audit/load'] }, 201);
    expect(itemsOf(await admin.get('/roles/load', 200)).map(({ type }) => type).sort()).toEqual(['admin', 'guest', 'made-outside', 'user']);
    expect(itemsOf(await server.superadmin.get('/roles/load', 200)).map(({ type }) => type)).not.toContain('made-outside');
    const target = { kind: 'role', id: 'made-outside' };
    const [there] = itemsOf(await admin.get('/audit/load?action=role.create', 200));
    expect(there).toMatchObject({ target, actorTenantId: 'default', after: { roleId: 'made-outside' } });
    const [here] = itemsOf(await server.superadmin.get('/audit/load?action=role.create', 200));
    expect(here).toMatchObject({ target, targetTenantId: tenantId });
  }, 60_000);

  it('that names no tenant that exists, or names it in no plain text, is told', async () => {
    expect(codeOf(await server.superadmin.get('/roles/load?tenant=nobody'))).toBe('tenant-not-found');
    expect(codeOf(await server.superadmin.get('/roles/load?tenant=a&tenant=b'))).toBe('invalid-input');
    expect(codeOf(await server.superadmin.get('/profile/me?tenant=default'))).toBe('invalid-input');
  });

  it('creates, changes, lists, suspends and resumes tenants; of a lost race, a taken name and the default tenant is told', async () => {
    const { tenantId, name, domain } = await newTenant({ sessionHours: 3 });
    const listed = await server.superadmin.get(`/tenants/load?name=${name}`, 200);
    expect(itemsOf(listed)).toEqual([expect.objectContaining({ tenantId, name, domain, status: 'active', settings: { sessionHours: 3 }, version: 1 })]);
    const { body } = await server.superadmin.put('/tenants/update', { tenantId, domain: '', settings: { idleHours: 2 }, version: 1 }, 200);
    expect(body).toEqual({ tenantId, name, status: 'active', settings: { idleHours: 2 }, isolation: 'shared', version: 2, createdAt: expect.any(String) as unknown });
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId, name: 'another', version: 1 }))).toBe('version-conflict');
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId, name: 'default' }))).toBe('tenant-exists');
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId, settings: { defaultRole: 'nobody' } }))).toBe('role-not-found');
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId: 'default', name: 'platform' }))).toBe('default-tenant-fixed');
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId: 'nobody', name: 'platform' }))).toBe('tenant-not-found');
    for (const [url, status] of [['suspend', 'suspended'], ['resume', 'active']]) {
      expect((await server.superadmin.post(`/tenants/${url}`, { tenantId }, 200)).body).toMatchObject({ status });
    }
    expect(codeOf(await server.superadmin.post('/tenants/suspend', { tenantId: 'default' }))).toBe('default-tenant-fixed');
    expect(codeOf(await server.superadmin.post('/tenants/suspend', { tenantId: 'nobody' }))).toBe('tenant-not-found');
  }, 60_000);
});

describe('which tenant a request is for', () => {
  it('is told by a domain in whatever script or spelling', async () => {
    const domain = 'xn--mnchen-3ya.example';
    const munich = (domain: string) => ({ name: 'munich', domain, admin: { email: 'boss@munich.test' } });
    for (const none of ['mün\u00adchen.example', 'xn--a.example', 'münchen', 'a/b.example']) expect([none, codeOf(await server.superadmin.post('/tenants/create', munich(none), 422))]).toEqual([none, 'invalid-input']);
    const { tenantId, ...shown } = (await server.superadmin.post('/tenants/create', munich('MÜNCHEN.example'), 201)).body;
    expect(shown).toMatchObject({ domain });
    for (const taken of [domain, 'münchen.example']) expect(codeOf(await server.superadmin.post('/tenants/create', { name: 'other', domain: taken, admin: { email: 'boss@other.test' } }))).toBe('tenant-exists');
    await server.superadmin.post('/admin/create-user?tenant=munich', { email: 'ann@münchen.example', password }, 201);
    for (const email of ['ann@münchen.example', `ann@${domain}`]) expect(tenantOf((await server.anonymous.post('/users/login', { email, password }, 200)).body)).toBe(tenantId);
  });

  it('is told by the body, else the host, else the address, and a token is good on no other tenant\'s host', async () => {
    const [one, two] = [await newTenant(), await newTenant()];
    await newUserOf(one, `eve@${two.domain}`);
    const logIn = async (email: string, more: { tenant?: string; host?: string }) => {
      const answer = await server.anonymous.send('POST', '/users/login', { body: { email, password: email.startsWith('boss') ? adminPassword : password, tenant: more.tenant }, ...(more.host !== undefined && { headers: { Host: more.host } }) });
      return answer.status === 200 ? tenantOf(answer.body) : codeOf(answer);
    };
    expect(await logIn(one.adminEmail, { tenant: one.name })).toBe(one.tenantId);
    expect(await logIn(one.adminEmail, { host: one.domain.toUpperCase() })).toBe(one.tenantId);
    expect(await logIn(one.adminEmail, { host: `${one.name}.127.0.0.1:80` })).toBe(one.tenantId);
    expect(await logIn(one.adminEmail, { host: two.domain })).toBe('invalid-credentials');
    expect(await logIn(one.adminEmail, { host: two.domain, tenant: one.name })).toBe(one.tenantId);
    expect(await logIn(one.adminEmail, { tenant: 'nobody' })).toBe('invalid-credentials');
    expect(await logIn(one.adminEmail, { host: 'nobody.127.0.0.1' })).toBe('invalid-credentials');
    expect(await logIn(`eve@${two.domain}`, {})).toBe('invalid-credentials');
    expect(await logIn(`eve@${two.domain}`, { host: one.domain })).toBe(one.tenantId);
    expect(await logIn(credentials.SUPERADMIN_EMAIL, { host: 'elsewhere.example' })).toBe('default');

    expect((await one.admin.send('GET', '/profile/me', { headers: { Host: one.domain } })).status).toBe(200);
    for (const host of [two.domain, `${two.name}.127.0.0.1`, 'nobody.127.0.0.1']) {
      expect(codeOf(await one.admin.send('GET', '/profile/me', { headers: { Host: host } }))).toBe('token-of-other-tenant');
    }
    const { body } = await server.anonymous.post('/users/login', { email: one.adminEmail, password: adminPassword, tenant: one.name }, 200);
    const { refresh_token } = body;
    expect(codeOf(await server.anonymous.send('POST', '/users/refresh', { body: { refresh_token }, headers: { Host: two.domain } }))).toBe('token-of-other-tenant');
    await server.anonymous.post('/users/refresh', { refresh_token }, 200);
  }, 60_000);

  it('of somebody who registers, decides whose guest they become; nobody registers where there is no tenant', async () => {
    const { name, tenantId, admin } = await newTenant({ defaultRole: 'admin' });
    const email = 'new@example.net';
    const { body } = await server.anonymous.post('/users/register', { email, password, tenant: name }, 201);
    const { userId } = body;
    const { token } = await mailbox.next(email);
    expect(token.startsWith(`${tenantId}.`)).toBe(true);
    await server.anonymous.post('/users/verify-email', { token, password }, 200);
    expect((await admin.get(`/admin/load-user/${userId}`, 200)).body).toMatchObject({ emailVerified: true, roles: ['admin'] });
    expect(codeOf(await server.anonymous.post('/users/register', { email, password, tenant: 'nobody' }))).toBe('tenant-not-found');
    for (const url of ['forgot-password', 'resend-verification']) await server.anonymous.post(`/users/${url}`, { email, tenant: 'nobody' }, 202);
  }, 60_000);
});

describe('settings of a tenant', () => {
  it('say how long sessions last, with and without requests', async () => {
    const tenant = await newTenant({ sessionHours: 3, idleHours: 1 });
    const [busy, idle] = [await newUserOf(tenant, 'busy@example.com'), await newUserOf(tenant, 'idle@example.com')];
    const [session] = itemsOf<{ createdAt: string; expiresAt: string }>(await busy.client.get('/profile/sessions', 200));
    expect(Date.parse(session?.expiresAt ?? '') - Date.parse(session?.createdAt ?? '')).toBe(3 * 3_600_000);
    try {
      for (const minutes of [50, 98]) {
        skew = minutes * 60_000;
        await busy.client.get('/profile/me', 200);
      }
      expect(codeOf(await idle.client.get('/profile/me'))).toBe('session-ended');
    } finally {
      skew = 0;
    }
  }, 60_000);

  it('say how long a password is at least', async () => {
    const tenant = await newTenant({ passwordMinimum: 30 });
    const answer = await tenant.admin.post('/admin/create-user', { email: 'short@example.com', password });
    expect(answer).toMatchObject({ status: 422, body: { code: 'weak-password', errors: [{ field: 'password', message: 'has fewer than 30 characters, or more than 256' }] } });
  }, 60_000);
});

describe('a suspended tenant', () => {
  it('lets nobody in by any door, as if it were not there, until it is resumed', async () => {
    const tenant = await newTenant();
    const { client } = await newUserOf(tenant, 'ann@example.com');
    const session = await server.anonymous.post('/users/login', { email: tenant.adminEmail, password: adminPassword, tenant: tenant.name }, 200);
    const { refresh_token } = session.body;
    await server.anonymous.post('/users/register', { email: 'late@example.com', password, tenant: tenant.name }, 201);
    const { token: link } = await mailbox.next('late@example.com');

    await server.superadmin.post('/tenants/suspend', { tenantId: tenant.tenantId }, 200);
    for (const each of [client, tenant.admin]) expect(codeOf(await each.get('/profile/me'))).toBe('session-ended');
    expect(codeOf(await server.anonymous.post('/users/login', { email: tenant.adminEmail, password: adminPassword, tenant: tenant.name }))).toBe('invalid-credentials');
    expect(codeOf(await server.anonymous.post('/users/refresh', { refresh_token }))).toBe('session-ended');
    expect(codeOf(await server.anonymous.post('/users/verify-email', { token: link, password }))).toBe('link-invalid');
    expect(codeOf(await server.anonymous.post('/users/reset-password', { token: link, password }))).toBe('link-invalid');
    expect(codeOf(await server.anonymous.post('/users/register', { email: 'later@example.com', password, tenant: tenant.name }))).toBe('tenant-not-found');
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
  it('leaves nothing behind but its export and a record of the platform, and its name is free again', async () => {
    const tenant = await newTenant();
    await newUserOf(tenant, 'ann@example.com');
    const { tenantId, name } = tenant;
    await server.superadmin.post('/tenants/suspend', { tenantId }, 200);
    const lines = (await server.superadmin.get(`/audit/export?tenant=${name}`, 200)).body.trimEnd().split('\n');
    const { records, digest } = JSON.parse(lines.pop() ?? '') as { records: number; digest: string };
    expect(lines).toHaveLength(records);
    expect(createHash('sha256').update(lines.map((line) => `${line}\n`).join('')).digest('hex')).toBe(digest);
    expect(lines.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual(expect.arrayContaining(['tenant.create', 'role.create', 'user.create', 'session.login', 'tenant.suspend']));

    const remove = (named: string, about = digest) => server.superadmin.delete(`/tenants/delete?tenantId=${tenantId}&name=${named}&digest=${about}`);
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

  it('whose removal was interrupted, is nobody\'s any more, and goes when that is asked for again', async () => {
    const { tenantId, name, admin } = await newTenant();
    await server.stores.tenants.updateOne({ _id: tenantId }, { $set: { status: 'deleted' } });
    await server.stores.sessions.deleteMany({ tenantId });
    expect(codeOf(await admin.get('/profile/me'))).toBe('session-ended');
    expect(codeOf(await server.superadmin.post('/tenants/resume', { tenantId }))).toBe('tenant-not-found');
    expect((await server.superadmin.delete(`/tenants/delete?tenantId=${tenantId}&name=${name}&digest=${'0'.repeat(64)}`)).status).toBe(204);
    expect(await server.stores.users.countDocuments({ tenantId })).toBe(0);
  }, 60_000);
});

function tenantOf(body: unknown): string {
  const [, claims = ''] = (body as { access_token: string }).access_token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { tenant: string }).tenant;
}
