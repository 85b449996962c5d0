import { createSharedModels } from '../../../src/boot/stores.ts';
import { createTenantNameStore } from '../../../src/features/tenants/tenant-names.store.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';

describe('the store of tenant names', () => {
  it('namesOf, some tenants, gives the names of these alone', async () => {
    const { connection } = await createDatabase('shared', { name: 'names' });
    const { tenants } = createSharedModels(connection);
    await tenants.create(['a', 'b', 'c'].map((_id) => ({
      _id, name: `tenant ${_id}`, status: 'active' as const, policyVersion: 1, version: 1,
    })));
    expect(await createTenantNameStore(tenants).namesOf(['a', 'c', 'gone'])).toEqual(new Map([['a', 'tenant a'], ['c', 'tenant c']]));
  });
});
