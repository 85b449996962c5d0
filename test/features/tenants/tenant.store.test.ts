import { createSharedModels } from '../../../src/boot/stores.ts';
import { createTenantStates } from '../../../src/features/tenants/tenant.store.ts';
import { createTenantLocations } from '../../../src/platform/database/tenancy/tenant-locations.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';

describe('the store of tenants', () => {
  it.each(['lockForCreation', 'raisePolicyVersion'] as const)('%s, writes to this tenant alone', async (name) => {
    const { connection } = await createDatabase('shared', { name: 'tenants' });
    const { tenants } = createSharedModels(connection);
    for (const _id of ['first', 'second']) await tenants.create({ _id, name: _id, status: 'active', policyVersion: 1, version: 1 });
    const before = await tenants.find().sort({ _id: 1 }).lean();
    await connection.transaction((session) => createTenantStates(tenants, createTenantLocations())[name]('second', session));
    const [first, second] = await tenants.find().sort({ _id: 1 }).lean();
    expect(first).toEqual(before[0]);
    expect(second).not.toEqual(before[1]);
  });

  it('ensureDefault, beside other tenants, creates the default tenant once', async () => {
    const { connection } = await createDatabase('shared', { name: 'tenants' });
    const { tenants } = createSharedModels(connection);
    await tenants.create({ _id: 'first', name: 'first', status: 'active', policyVersion: 1, version: 1 });
    const states = createTenantStates(tenants, createTenantLocations());
    const ensure = () => connection.transaction((session) => states.ensureDefault(session));
    expect([await states.hasDefault(), await ensure(), await states.hasDefault(), await ensure()]).toEqual([false, true, true, false]);
  });

  it('idsInOwnDatabases, leaves out shared tenants, deleted ones and those that are being moved', async () => {
    const { connection } = await createDatabase('shared', { name: 'tenants' });
    const { tenants } = createSharedModels(connection);
    const own = { isolation: 'database', status: 'active', policyVersion: 1, version: 1 } as const;
    await tenants.create([
      { ...own, _id: 'own', name: 'own' }, { ...own, _id: 'suspended', name: 'suspended', status: 'suspended' },
      { ...own, _id: 'shared', name: 'shared', isolation: 'shared' }, { ...own, _id: 'deleted', name: 'deleted', status: 'deleted' },
      { ...own, _id: 'moving', name: 'moving', movingTo: 'shared' },
    ]);
    expect((await createTenantStates(tenants, createTenantLocations()).idsInOwnDatabases()).sort()).toEqual(['own', 'suspended']);
  });
});
