import { setTimeout as sleep } from 'node:timers/promises';
import { limitsOf } from '../../../src/features/tenants/tenant.limits.ts';
import type { Client } from '../../support/client/client.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const password = 'a long enough password';
let server: TestGatehouse;
beforeAll(async () => { server = await startGatehouse(); });

interface Limited {
  readonly name: string;
  readonly tenantId: string;
  readonly admin: Client;
}

/** A tenant with these limits and an admin; the first admin, who was only invited, is its other user. */
async function newTenant(limits: object): Promise<Limited> {
  const { admin, ...tenant } = await server.newTenant({ settings: { limits } });
  return { ...tenant, admin: admin.client };
}

const statusesOf = async (
  answers: Promise<{ readonly status: number }>[],
) => (await Promise.all(answers)).map(({ status }) => status).sort();
const newRole = (admin: Client, type: string) => admin.post('/roles/create', { roleId: type, type, rights: [] });
const newUser = (admin: Client, email: string) => admin.post('/admin/create-user', { email, password });

describe('a tenant with limits', () => {
  it('roles, beyond the last is refused, and one that is deleted makes room', async () => {
    const { admin } = await newTenant({ roles: 4 });
    expect((await newRole(admin, 'fourth')).status).toBe(201);
    expect(await newRole(admin, 'fifth')).toMatchObject({ status: 409, body: { code: 'tenant-full' } });
    await admin.delete('/roles/delete?type=fourth', 204);
    expect((await newRole(admin, 'fifth')).status).toBe(201);
  }, 60_000);

  it('users, created or registered, beyond the last are refused', async () => {
    const { admin, name } = await newTenant({ users: 3 });
    expect((await newUser(admin, 'third@example.com')).status).toBe(201);
    expect(await newUser(admin, 'fourth@example.com')).toMatchObject({ status: 409, body: { code: 'tenant-full' } });
    const registered = await server.anonymous.post('/users/register', { email: 'fifth@example.com', password, tenant: name });
    expect(registered).toMatchObject({ status: 409, body: { code: 'tenant-full' } });
  }, 60_000);

  it('the last places, taken by many at once, are given out once each', async () => {
    const { admin } = await newTenant({ groups: 3, users: 4 });
    const groups = Array.from({ length: 6 }, (_each, index) => admin.post('/groups/create', { groupName: `group ${index}` }));
    expect(await statusesOf(groups)).toEqual([201, 201, 201, 409, 409, 409]);
    const users = Array.from({ length: 4 }, (_each, index) => admin.post('/admin/create-user', { email: `at-once-${index}@example.com` }));
    expect(await statusesOf(users)).toEqual([201, 201, 409, 409]);
  }, 60_000);

  it('clients, beyond the last is refused', async () => {
    const { admin } = await newTenant({ clients: 1 });
    expect((await admin.post('/clients/create', { name: 'one', roles: [] })).status).toBe(201);
    expect(await admin.post('/clients/create', { name: 'two', roles: [] })).toMatchObject({ status: 409, body: { code: 'tenant-full' } });
  }, 60_000);

  it('raised by a superadmin, has room again', async () => {
    const { admin, tenantId } = await newTenant({ roles: 3 });
    expect((await newRole(admin, 'another')).status).toBe(409);
    await server.superadmin.put('/tenants/update', { tenantId, settings: { limits: { roles: 4 } } }, 200);
    expect((await newRole(admin, 'another')).status).toBe(201);
  }, 60_000);

  it('decisions, one large call makes it wait, and nobody else', async () => {
    const { admin } = await newTenant({ checksPerSecond: 20 });
    const other = await newTenant({ checksPerSecond: 20 });
    await sleep(1_000); // what the set-up asked for is paid
    await admin.post('/permissions/check', { checks: Array.from({ length: 60 }, () => ({ action: 'read', resource: 'items' })) }, 200);
    const refused = await admin.get('/profile/me', 429);
    expect(refused.body).toMatchObject({ code: 'too-many-requests' });
    const wait = Number(refused.headers.get('retry-after'));
    expect([2, 3]).toContain(wait);
    await other.admin.get('/profile/me', 200);
    await server.superadmin.get('/profile/me', 200);
    await sleep(wait * 1_000);
    await admin.get('/profile/me', 200);
  }, 60_000);

  it('that says nothing of them, has those of the platform; the default tenant may have any number', async () => {
    const { tenantId, admin } = await newTenant({});
    const row = (index: number) => ({
      _id: `${tenantId}-${index}`, tenantId, roleId: `r${index}`, type: `r${index}`, name: 'R', description: '', rights: [],
      permissions: [], policies: [], inherits: [],
      isSystemRole: false, isDefault: false, version: 1, lockCount: 0, seeded: [],
    });
    await server.stores.roles.insertMany(Array.from({ length: 997 }, (_each, index) => row(index)));
    expect((await newRole(admin, 'one-more')).status).toBe(409);
    const rows = Array.from({ length: 1_001 }, (_each, index) => ({ ...row(index), _id: `default-${index}`, tenantId: 'default' }));
    await server.stores.roles.insertMany(rows);
    expect((await newRole(server.superadmin, 'one-more')).status).toBe(201);
  }, 60_000);

  it('of decisions, every tenant has one, and may have another', () => {
    expect([limitsOf('default', {}), limitsOf('other', {})].map(({ checksPerSecond }) => checksPerSecond)).toEqual([50_000, 5_000]);
    expect(['default', 'other'].map((tenantId) => limitsOf(tenantId, { limits: { checksPerSecond: 7 } }).checksPerSecond)).toEqual([7, 7]);
    expect(limitsOf('default', { limits: { users: 1 } })).toEqual({ users: 1, checksPerSecond: 50_000 });
  });
});
