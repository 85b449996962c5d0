import { codeOf, itemsOf } from '../../../support/answers.ts';
import type { Client } from '../../../support/client/client.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';

const password = 'purple monkey dishwasher 7';

describe('the default role of a tenant', () => {
  let server: TestGatehouse;
  let tenantId: string;
  let admin: Client;
  const links = new Map<string, string>();
  beforeAll(async () => {
    server = await startGatehouse({ mail: { send: ({ to, text }) => {
      links.set(to, /#token=([^\s&]+)/.exec(text)?.[1] ?? '');
      return Promise.resolve();
    } } });
    const email = 'boss@acme.test';
    const { body } = await server.superadmin.post('/tenants/create', { name: 'acme', admin: { email } }, 201);
    await server.anonymous.post('/users/reset-password', { token: await linkTo(email), password }, 200);
    tenantId = body.tenantId;
    admin = await server.anonymous.logIn(email, password, 'acme');
  });
  beforeEach(() => admin.put('/roles/set-default', { type: 'user' }, 200));

  async function linkTo(address: string): Promise<string> {
    for (let left = 200; left > 0; left -= 1) {
      const token = links.get(address);
      if (token !== undefined) return decodeURIComponent(token);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`No mail came to ${address}.`);
  }

  /** The roles of somebody who registers and confirms the address. */
  async function rolesOfNewUser(): Promise<readonly string[]> {
    const email = `new${links.size}@acme.test`;
    const { body } = await server.anonymous.post('/users/register', { email, password, tenant: 'acme' }, 201);
    await server.anonymous.post('/users/verify-email', { token: await linkTo(email), password }, 200);
    const { body: user } = await admin.get(`/admin/load-user/${body.userId}`, 200);
    return user.roles;
  }

  it('its admin sees and sets it, also by type, and it is what a confirmed address brings', async () => {
    expect((await admin.get('/roles/get-default', 200)).body).toEqual({ roleId: 'user' });
    await admin.post('/roles/create', { roleId: 'r-1', type: 'member', rights: [], inherits: ['user'] }, 201);
    expect((await admin.put('/roles/set-default', { type: 'member' }, 200)).body).toEqual({ roleId: 'r-1' });
    expect((await admin.get('/roles/get-default', 200)).body).toEqual({ roleId: 'r-1' });
    expect(itemsOf(await admin.get('/audit/load?action=tenant.set-default-role', 200))[0])
      .toMatchObject({ target: { kind: 'tenant', id: tenantId }, before: { defaultRole: 'user' }, after: { defaultRole: 'r-1' } });
    expect((await server.superadmin.get('/roles/get-default?tenant=acme', 200)).body).toEqual({ roleId: 'r-1' });
    expect(await rolesOfNewUser()).toEqual(['r-1']);
  });

  it('is not deleted unless another role takes its place', async () => {
    for (const type of ['first', 'second']) await admin.post('/roles/create', { roleId: type, type, rights: [] }, 201);
    await admin.put('/roles/set-default', { roleId: 'first' }, 200);
    expect((await admin.delete('/roles/delete?roleId=first', 409)).body).toMatchObject({ code: 'role-in-use', users: 0 });
    await admin.delete('/roles/delete?roleId=first&reassignTo=second', 204);
    expect((await admin.get('/roles/get-default', 200)).body).toEqual({ roleId: 'second' });
    expect(await rolesOfNewUser()).toEqual(['second']);
  });

  it('was deleted by hand, a confirmed address brings user', async () => {
    await admin.post('/roles/create', { roleId: 'gone', type: 'gone', rights: [] }, 201);
    await admin.put('/roles/set-default', { roleId: 'gone' }, 200);
    await server.stores.roles.deleteOne({ tenantId, roleId: 'gone' });
    expect(await rolesOfNewUser()).toEqual(['user']);
  });

  it('is no role that does not exist, and never the superadmin, wherever it is set', async () => {
    expect(codeOf(await server.superadmin.put('/roles/set-default', { type: 'nobody' }, 404))).toBe('role-not-found');
    expect(codeOf(await server.superadmin.put('/roles/set-default', { type: 'superadmin' }, 422))).toBe('superadmin-not-inherited');
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId: 'default', settings: { defaultRole: 'superadmin' } }, 422)))
      .toBe('superadmin-not-inherited');
  });

  it('gives what the caller lacks, is refused', async () => {
    await admin.post('/roles/create', {
      roleId: 'limited', type: 'limited', rights: [], policies: [{ effect: 'deny', actions: ['read'], resources: ['secret'] }],
    }, 201);
    await server.superadmin.put(
      '/roles/update?tenant=acme', { roleId: 'limited', policies: [{ effect: 'allow', actions: ['read'], resources: ['secret'] }] }, 200,
    );
    expect(codeOf(await admin.put('/roles/set-default', { roleId: 'limited' }, 403))).toBe('grants-exceed-own');
    expect((await admin.get('/roles/get-default', 200)).body).toEqual({ roleId: 'user' });
  });
});
