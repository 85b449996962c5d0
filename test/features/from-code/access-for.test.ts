import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { newServiceClient } from '../../support/service-client.ts';

let skew = 0;
const gatehouse = await startGatehouse({
  clock: () => Date.now() + skew,
  permissions: [{ permission: 'read:items', description: 'Read items.' }, { permission: 'edit:items', description: 'Edit items.' }],
});
const { gatehouse: { accessFor }, superadmin } = gatehouse;
const allow = (conditions: object[]) => ({ effect: 'allow', actions: ['read'], resources: ['items'], conditions });

describe('accessFor', () => {
  it('a user, decides, scopes and explains as the access of a request', async () => {
    const role = await gatehouse.newRoleWith({
      permissions: ['edit:items'],
      policies: [allow([{ type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' }]) as never],
    });
    const { userId } = await gatehouse.newUser(role);
    const access = await accessFor(userId);
    expect(access.caller).toMatchObject({ userId, tenantId: 'default', sessionId: '', roles: ['guest', role] });
    expect([access.can('edit', 'items'), access.can('delete', 'items')]).toEqual([true, false]);
    expect([access.can('read', 'items/1', { ownerId: userId }), access.can('read', 'items/1', { ownerId: 'eve' })]).toEqual([true, false]);
    expect(JSON.stringify(access.scope('read', 'items'))).toContain(userId);
    expect((await access.explain('edit', 'items')).allowed).toBe(true);
    expect(access.changesAt).toBeNull();
  });

  it('conditions about an address, have no data', async () => {
    const role = await gatehouse.newRoleWith({ policies: [allow([{ type: 'ip', ranges: ['0.0.0.0/0', '::/0'] }]) as never] });
    expect((await accessFor((await gatehouse.newUser(role)).userId)).can('read', 'items')).toBe(false);
  });

  it('a later change, is not seen by the snapshot, and is seen by the next one', async () => {
    const role = await gatehouse.newRoleWith({ permissions: ['edit:items'] });
    const { userId } = await gatehouse.newUser(role);
    const access = await accessFor(userId);
    await superadmin.post('/roles/assign', { userId, type: role, mode: 'remove' }, 200);
    expect([access.can('edit', 'items'), (await accessFor(userId)).can('edit', 'items')]).toEqual([true, false]);
    expect((await access.explain('edit', 'items')).allowed).toBe(false);
  });

  it('after an assignment has ended, throws', async () => {
    const role = await gatehouse.newRoleWith({ permissions: ['edit:items'] });
    const { userId } = await gatehouse.newUser();
    const end = new Date(Date.now() + 3_600_000);
    await superadmin.post('/roles/assign', { userId, type: role, mode: 'add', validUntil: end.toISOString() }, 200);
    const access = await accessFor(userId);
    expect([access.changesAt, access.can('edit', 'items')]).toEqual([end, true]);
    skew = 3_600_000;
    try {
      expect(() => access.can('edit', 'items')).toThrow('call accessFor again');
      expect(() => access.scope('edit', 'items')).toThrow('call accessFor again');
      expect((await accessFor(userId)).can('edit', 'items')).toBe(false);
    } finally {
      skew = 0;
    }
  });

  it('a client, is read by its clientId', async () => {
    const role = await gatehouse.newRoleWith({ permissions: ['edit:items'] });
    const { clientId } = await newServiceClient(superadmin, [role]);
    const access = await accessFor(clientId);
    expect([access.caller.userId, access.can('edit', 'items')]).toEqual([clientId, true]);
    await superadmin.post('/clients/disable', { clientId }, 200);
    await expect(accessFor(clientId)).rejects.toMatchObject({ code: 'user-disabled' });
  });

  it('a value of a request that is no id, is refused and finds nobody', async () => {
    const values = [{ $ne: 'x' }, { $regex: '.' }, ['a'], '', null, undefined, 7];
    for (const value of values) await expect(accessFor(value as never)).rejects.toThrow('accessFor needs a userId or a clientId');
  });

  it('nobody, a disabled user and a user of a suspended tenant, are refused', async () => {
    await expect(accessFor('nobody')).rejects.toMatchObject({ code: 'user-not-found' });
    await expect(accessFor('default.0123456789abcdef01234567')).rejects.toMatchObject({ code: 'user-not-found' });
    const { userId } = await gatehouse.newUser();
    await superadmin.post('/admin/disable-user', { userId }, 200);
    await expect(accessFor(userId)).rejects.toMatchObject({ code: 'user-disabled' });
    const { tenantId, admin } = await gatehouse.newTenant();
    expect((await accessFor(admin.userId)).caller.tenantId).toBe(tenantId);
    await superadmin.post('/tenants/suspend', { tenantId }, 200);
    await expect(accessFor(admin.userId)).rejects.toMatchObject({ code: 'tenant-not-found' });
  });
});
