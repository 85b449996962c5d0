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
let skew = 0;
let counter = 0;
beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startGatehouse({ settings: testSettings({ ...credentials, SMTP_URL: mailbox.url }), clock: () => Date.now() + skew });
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

describe('which tenant a request is for', () => {
  it('is found by a domain in every script and spelling', async () => {
    const domain = 'xn--mnchen-3ya.example';
    const munich = (spelt: string) => ({ name: 'munich', domain: spelt, admin: { email: 'boss@munich.test' } });
    for (const none of ['mün\u00adchen.example', 'xn--a.example', 'münchen', 'a/b.example']) {
      expect([none, codeOf(await server.superadmin.post('/tenants/create', munich(none), 422))]).toEqual([none, 'invalid-input']);
    }
    const { tenantId, ...shown } = (await server.superadmin.post('/tenants/create', munich('MÜNCHEN.example'), 201)).body;
    expect(shown).toMatchObject({ domain });
    for (const taken of [domain, 'münchen.example']) {
      expect(codeOf(await server.superadmin.post('/tenants/create', { name: 'other', domain: taken, admin: { email: 'boss@other.test' } })))
        .toBe('tenant-exists');
    }
    await server.superadmin.post('/admin/create-user?tenant=munich', { email: 'ann@münchen.example', password }, 201);
    for (const email of ['ann@münchen.example', `ann@${domain}`]) {
      expect(tenantOf((await server.anonymous.post('/users/login', { email, password }, 200)).body)).toBe(tenantId);
    }
  });

  it('is found by the body, else the host, else the address, and a token is refused on another tenant\'s host', async () => {
    const [one, two] = [await newTenant(), await newTenant()];
    await newUserOf(one, `eve@${two.domain}`);
    const logIn = async (email: string, more: { tenant?: string; host?: string }) => {
      const answer = await server.anonymous.send('POST', '/users/login', {
        body: { email, password, tenant: more.tenant }, ...(more.host !== undefined && { headers: { Host: more.host } }),
      });
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
    const { body } = await server.anonymous.post('/users/login', { email: one.adminEmail, password, tenant: one.name }, 200);
    const { refresh_token } = body;
    expect(codeOf(await server.anonymous.send('POST', '/users/refresh', { body: { refresh_token }, headers: { Host: two.domain } })))
      .toBe('token-of-other-tenant');
    await server.anonymous.post('/users/refresh', { refresh_token }, 200);
  }, 60_000);

  it('of a registration, is the tenant of the new user; an unknown tenant is refused', async () => {
    const { name, tenantId, admin } = await newTenant({ defaultRole: 'admin' });
    const email = 'new@example.net';
    const { body } = await server.anonymous.post('/users/register', { email, password, tenant: name }, 201);
    const { userId } = body;
    const { token } = await mailbox.next(email);
    expect(token.startsWith(`${tenantId}.`)).toBe(true);
    await server.anonymous.post('/users/verify-email', { token, password }, 200);
    expect((await admin.get(`/admin/load-user/${userId}`, 200)).body).toMatchObject({ emailVerified: true, roles: ['admin'] });
    expect(codeOf(await server.anonymous.post('/users/register', { email, password, tenant: 'nobody' }))).toBe('tenant-not-found');
    for (const url of ['forgot-password', 'resend-verification']) {
      await server.anonymous.post(`/users/${url}`, { email, tenant: 'nobody' }, 202);
    }
  }, 60_000);
});

describe('settings of a tenant', () => {
  it('sessionHours and idleHours, end a session after that time, with and without requests', async () => {
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

  it('passwordMinimum, refuses a shorter password', async () => {
    const tenant = await newTenant({ passwordMinimum: 30 });
    const answer = await tenant.admin.post('/admin/create-user', { email: 'short@example.com', password: 'a long enough password' });
    expect(answer).toMatchObject({ status: 422, body: {
      code: 'weak-password', errors: [{ field: 'password', message: 'has fewer than 30 characters, or more than 256' }],
    } });
  }, 60_000);
});

function tenantOf(body: unknown): string {
  const [, claims = ''] = (body as { access_token: string }).access_token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { tenant: string }).tenant;
}
