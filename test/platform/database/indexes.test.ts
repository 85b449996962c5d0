import { buildIndexes, missingUnique } from '../../../src/platform/database/indexes.ts';
import { createSharedModels } from '../../../src/boot/stores.ts';
import type { Models } from '../../../src/boot/stores.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../support/gatehouse/database.ts';

const role = { tenantId: 'default', roleId: 'r', type: 't', name: 'n', isSystemRole: false, isDefault: false, version: 1, lockCount: 0 };

function describeIndex(
  key: unknown, { unique, expireAfterSeconds }: { readonly unique?: unknown; readonly expireAfterSeconds?: unknown },
): string {
  return JSON.stringify({ key, unique: unique ?? false, expireAfterSeconds });
}

describe('indexes', () => {
  let database: TestDatabase;
  let stores: Models;
  beforeEach(async () => {
    database = await createDatabase();
    stores = createSharedModels(database.connection);
  });
  it('buildIndexes, an empty database, every declared index of every collection is there', async () => {
    await buildIndexes(Object.values(stores));
    for (const model of Object.values(stores)) {
      const present = (await model.collection.indexes()).map(({ key, ...options }) => describeIndex(key, options));
      const declared = model.schema.indexes().map(([key, options]) => describeIndex(key, options));
      expect(present).toEqual(expect.arrayContaining(declared));
      expect(await missingUnique(model)).toEqual([]);
    }
  });

  it('buildIndexes, a second time, changes nothing', async () => {
    await buildIndexes(Object.values(stores));
    const before = await stores.roles.collection.indexes();
    await buildIndexes(Object.values(stores));
    expect(await stores.roles.collection.indexes()).toEqual(before);
  });

  it('buildIndexes, four nodes at once on an empty database, all succeed', async () => {
    const nodes = [1, 2, 3, 4].map(() => createSharedModels(database.connection));
    await Promise.all(nodes.map((node) => buildIndexes(Object.values(node))));
    expect(await missingUnique(stores.roles)).toEqual([]);
  });

  it('buildIndexes, duplicates in the way of a unique index, rejected naming the collection and the tenant', async () => {
    await stores.roles.collection.insertMany(
      [{ ...role, _id: 'one' }, { ...role, _id: 'two' }] as never[],
    ); // the driver's type wants ObjectIds
    await expect(buildIndexes([stores.roles]))
      .rejects.toMatchObject({ name: 'StartError', message: expect.stringMatching(/roles.*duplicates.*default/) as string });
  });

  it('buildIndexes, duplicates in the way of one of several indexes, names that one alone and builds the others', async () => {
    await stores.roles.collection.insertMany(
      [{ ...role, _id: 'one' }, { ...role, _id: 'two', roleId: 'other' }] as never[],
    ); // the driver's type wants ObjectIds
    await expect(buildIndexes([stores.roles])).rejects.toMatchObject({
      message: expect.stringMatching(/^Unique index missing on \w+: \{"tenantId":1,"type":1\}\. There are duplicates/) as string,
    });
    expect(await missingUnique(stores.roles)).toEqual(['{"tenantId":1,"type":1}']);
  });

  it('buildIndexes, an index of the same fields that is not unique, never taken for the unique one', async () => {
    await stores.roles.collection.createIndexes([{ key: { tenantId: 1, type: 1 }, name: 'plain' }]);
    expect(await missingUnique(stores.roles)).toContain('{"tenantId":1,"type":1}');
    // Whether both may stand side by side depends on the server's release.
    const [built] = await Promise.allSettled([buildIndexes([stores.roles])]);
    expect((await missingUnique(stores.roles)).length === 0).toBe(built.status === 'fulfilled');
  });

  it('missingUnique, none built, names each', async () => {
    await stores.roles.createCollection();
    expect(await missingUnique(stores.roles)).toEqual(['{"tenantId":1,"roleId":1}', '{"tenantId":1,"type":1}']);
  });

  it('unique indexes, the same twice in one tenant, refused; in another tenant, stored', async () => {
    await buildIndexes([stores.roles, stores.users]);
    await stores.roles.create([{ ...role, _id: '1' }]);
    await expect(stores.roles.create([{ ...role, _id: '2', type: 'other' }])).rejects.toMatchObject({ code: 11_000 });
    await expect(stores.roles.create([{ ...role, _id: '3', roleId: 'other' }])).rejects.toMatchObject({ code: 11_000 });
    await stores.roles.create([{ ...role, _id: '4', tenantId: 'other' }]);
    const user = { tenantId: 'default', roles: [], isActive: true, accessVersion: 1, version: 1, createdAt: new Date() };
    await stores.users.create([{ ...user, _id: '1', emailKey: 'a@example.com' }]);
    await expect(stores.users.create([{ ...user, _id: '2', emailKey: 'a@example.com' }])).rejects.toMatchObject({ code: 11_000 });
    await stores.users.create([{ ...user, _id: '3' }, { ...user, _id: '4' }]);
  });
});
