import { createSharedModels } from '../../../src/boot/stores.ts';
import { createTenantRecordStore } from '../../../src/features/tenants/tenant-records.store.ts';
import type { ChangeTransaction } from '../../../src/platform/changes/change.service.ts';
import { systemActor } from '../../../src/platform/changes/actor.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';

describe('the store of tenant records', () => {
  it('setDefaultRole, raises the version of this tenant by one; a tenant without a version has version 1', async () => {
    const { connection } = await createDatabase('shared', { name: 'records' });
    const { tenants } = createSharedModels(connection);
    const stored = { status: 'active', policyVersion: 1 } as const;
    await tenants.create([
      { ...stored, _id: 'first', name: 'first', version: 5 }, { ...stored, _id: 'second', name: 'second', version: 1 },
    ]);
    await tenants.collection.updateOne({ _id: 'second' as never }, { $unset: { version: 1 } }); // ids are texts here
    const store = createTenantRecordStore(tenants);
    const set = (tenantId: string, roleId: string) => connection.transaction(async (session) => {
      const tx: ChangeTransaction = { session, actor: systemActor(tenantId), record: () => undefined, mail: () => undefined };
      await store.setDefaultRole(tx, roleId);
    });
    await set('first', 'user');
    await set('second', 'user');
    await set('first', 'guest');
    const versions = (await tenants.find().sort({ _id: 1 }).lean()).map(({ version, settings }) => [version, settings?.defaultRole]);
    expect(versions).toEqual([[7, 'guest'], [2, 'user']]);
  });
});
