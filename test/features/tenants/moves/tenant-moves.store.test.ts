import type { Model } from 'mongoose';
import { createSharedModels } from '../../../../src/boot/stores.ts';
import { createTenantMoveStore } from '../../../../src/features/tenants/moves/tenant-moves.store.ts';
import type { TenantMoveStore } from '../../../../src/features/tenants/moves/tenant-moves.store.ts';
import type { Tenant } from '../../../../src/features/tenants/tenant.model.ts';
import { systemActor } from '../../../../src/platform/changes/actor.ts';
import type { ChangeTransaction } from '../../../../src/platform/changes/change.service.ts';
import { createDatabase } from '../../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../../support/gatehouse/database.ts';

let database: TestDatabase;
let tenants: Model<Tenant>;
let store: TenantMoveStore;
beforeAll(async () => {
  database = await createDatabase('shared', { name: 'moves' });
  tenants = createSharedModels(database.connection).tenants;
  store = createTenantMoveStore(tenants);
});

/** Writes in a transaction that is committed or rolled back. */
async function inTransaction(write: (tx: ChangeTransaction) => Promise<boolean>, isKept: boolean): Promise<boolean> {
  const session = await database.connection.startSession();
  session.startTransaction();
  const isWritten = await write({ session, actor: systemActor('default'), record: () => undefined, mail: () => undefined });
  await (isKept ? session.commitTransaction() : session.abortTransaction());
  await session.endSession();
  return isWritten;
}

describe('the store of moves', () => {
  it('forgetOldPlace, forgets this place alone', async () => {
    await tenants.create({ _id: 'moved', name: 'moved', status: 'active', policyVersion: 1, version: 1, leftIn: 'shared' });
    await store.forgetOldPlace('moved', 'database');
    expect((await store.read('moved'))?.leftIn).toBe('shared');
    await store.forgetOldPlace('moved', 'shared');
    expect(await store.read('moved')).not.toHaveProperty('leftIn');
  });
});

describe('the store of moves, each write', () => {
  it.each<[string, Partial<Tenant>, (tx: ChangeTransaction, id: string) => Promise<boolean>]>([
    ['begin', {}, (tx, id) => store.begin(tx, id, 'database')],
    ['takeBack', { movingTo: 'database' }, (tx, id) => store.takeBack(tx, id, 'database')],
    ['finish', { movingTo: 'database' }, (tx, id) => store.finish(tx, id, 'shared', 'database')],
    ['markDeleted', {}, (tx, id) => store.markDeleted(tx, id)],
  ])('%s, belongs to its transaction: rolled back, it leaves the tenant as it was', async (name, state, write) => {
    await tenants.create({ _id: name, name: name.toLowerCase(), status: 'suspended', policyVersion: 1, version: 1, ...state });
    const before = await store.read(name);
    expect(await inTransaction((tx) => write(tx, name), false)).toBe(true);
    expect(await store.read(name)).toEqual(before);
    expect(await inTransaction((tx) => write(tx, name), true)).toBe(true);
    expect(await store.read(name)).not.toEqual(before);
    expect(await inTransaction((tx) => write(tx, name), true)).toBe(false);
  });
});
