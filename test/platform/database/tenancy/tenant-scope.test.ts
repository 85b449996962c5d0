import { Schema } from 'mongoose';
import type { Model } from 'mongoose';
import { tenantScope } from '../../../../src/platform/database/tenancy/tenant-scope.ts';
import { createDatabase } from '../../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../../support/gatehouse/database.ts';

interface Thing {
  _id: string;
  tenantId: string;
  name?: string;
}

/** What a careless caller would write, which the static types would partly refuse. */
type Loose = Record<string, never>;
const loose = (value: object) => value as Loose; // that is its purpose

describe('the tenant scope', () => {
  let database: TestDatabase;
  let things: Model<Thing>;
  const inA = { tenantId: 'a' };
  beforeAll(async () => {
    database = await createDatabase();
    const schema = new Schema<Thing>({ _id: String, name: String }, { versionKey: false, strict: 'throw' });
    schema.plugin(tenantScope);
    things = database.connection.model<Thing>('Thing', schema, 'things');
  });
  beforeEach(async () => {
    await raw().deleteMany({});
    await things.create([{ _id: 'a1', tenantId: 'a', name: 'of a' }, { _id: 'b1', tenantId: 'b', name: 'of b' }]);
  });
  const raw = () => database.connection.collection<Thing>('things');
  const stored = () => raw().find().sort({ _id: 1 }).toArray();
  async function expectRefused(act: () => unknown): Promise<void> {
    const before = await stored();
    await expect((async () => await act())()).rejects.toThrow(/^Tenant scope: /);
    expect(await stored()).toEqual(before);
  }

  const queries: readonly (readonly [string, (filter: Loose) => PromiseLike<unknown>])[] = [
    ['find', (filter) => things.find(filter)],
    ['findOne', (filter) => things.findOne(filter)],
    ['exists', (filter) => things.exists(filter)],
    ['countDocuments', (filter) => things.countDocuments(filter)],
    ['distinct', (filter) => things.distinct('name', filter)],
    ['cursor', (filter) => things.find(filter).cursor().next()],
    ['updateOne', (filter) => things.updateOne(filter, { name: 'x' })],
    ['updateMany', (filter) => things.updateMany(filter, { $set: { name: 'x' } })],
    ['findOneAndUpdate', (filter) => things.findOneAndUpdate(filter, { name: 'x' })],
    ['deleteOne', (filter) => things.deleteOne(filter)],
    ['deleteMany', (filter) => things.deleteMany(filter)],
    ['findOneAndDelete', (filter) => things.findOneAndDelete(filter)],
    ['bulkWrite updateOne', (filter) => things.bulkWrite([{ updateOne: { filter, update: { $set: { name: 'x' } } } }])],
    ['bulkWrite updateMany', (filter) => things.bulkWrite([{ updateMany: { filter, update: { $set: { name: 'x' } } } }])],
    ['bulkWrite deleteOne', (filter) => things.bulkWrite([{ deleteOne: { filter } }])],
    ['bulkWrite deleteMany', (filter) => things.bulkWrite([{ deleteMany: { filter } }])],
    ['aggregate', (filter) => things.aggregate([{ $match: filter }])],
    ['aggregate cursor', (filter) => things.aggregate([{ $match: filter }]).cursor().next()],
  ];

  const withoutTenant = [
    {}, { _id: 'a1' }, { tenantId: '' }, { tenantId: null }, { tenantId: { $ne: 'b' } }, { tenantId: { $eq: 'a' } },
    { tenantId: { $in: ['a', 'b'] } },
    { tenantId: { $exists: true } }, { tenantId: /./ }, { tenantId: ['a'] }, { $or: [{ tenantId: 'a' }, { name: 'of b' }] },
    { $and: [{ tenantId: 'a' }] },
  ].map(loose);

  it.each(queries)('%s, a filter that does not name one tenant, refused before it reaches the database', async (_kind, run) => {
    for (const filter of withoutTenant) await expectRefused(() => run(filter));
  });

  it.each(queries)('%s, one tenant named, works on that tenant alone', async (_kind, run) => {
    await run(loose(inA));
    expect(await raw().findOne({ _id: 'b1' })).toEqual({ _id: 'b1', tenantId: 'b', name: 'of b' });
  });

  it.each<[string, () => PromiseLike<unknown>]>([
    ['findById', () => things.findById('a1')],
    ['findByIdAndUpdate', () => things.findByIdAndUpdate('a1', { name: 'x' })],
    ['findByIdAndDelete', () => things.findByIdAndDelete('a1')],
    ['estimatedDocumentCount', () => things.estimatedDocumentCount()],
    ['find without arguments', () => things.find()],
    ['aggregate without stages', () => things.aggregate([])],
  ])('%s, which names no tenant, refused', (_kind, run) => expectRefused(run));

  it('watch, which shows every tenant, refused', () => {
    expect(() => things.watch()).toThrow(/^Tenant scope: /);
  });

  it.each<[string, object]>([
    ['$project first', { $project: { name: 1 } }], ['$facet first', { $facet: { all: [{ $match: inA }] } }],
    ['$sort first', { $sort: { name: 1 } }],
  ])('aggregate, %s, refused', (_what, first) => expectRefused(() => things.aggregate([first as never, { $match: inA }])));

  it.each<[string, object]>([
    ['$lookup', { $lookup: { from: 'things', localField: 'name', foreignField: 'name', as: 'others' } }],
    ['$graphLookup', {
      $graphLookup: { from: 'things', startWith: '$name', connectFromField: 'name', connectToField: 'name', as: 'others' },
    }],
    ['$unionWith', { $unionWith: 'things' }], ['$out', { $out: 'others' }], ['$merge', { $merge: 'others' }],
    ['$lookup inside $facet', { $facet: { all: [{ $lookup: { from: 'things', pipeline: [], as: 'others' } }] } }],
  ])('aggregate, %s after the tenant, refused', (_what, stage) => expectRefused(() => things.aggregate([{ $match: inA }, stage as never])));

  const tenantChanges: readonly (readonly [string, object])[] = [
    ['$set', { $set: { tenantId: 'b' } }], ['a bare field', { tenantId: 'b' }], ['$unset', { $unset: { tenantId: 1 } }],
    ['$setOnInsert', { $setOnInsert: { tenantId: 'b' } }],
    ['$rename of it', { $rename: { tenantId: 'name' } }], ['$rename to it', { $rename: { name: 'tenantId' } }],
    ['a pipeline', [{ $set: { tenantId: 'b' } }]],
  ];
  it.each(tenantChanges)('an update, %s would change the tenant, refused by every kind', async (_what, update) => {
    const options = { upsert: true, updatePipeline: true };
    for (const _id of ['a1', 'new']) {
      const filter = { ...inA, _id };
      await expectRefused(() => things.updateOne(filter, loose(update), options));
      await expectRefused(() => things.updateMany(filter, loose(update), options));
      await expectRefused(() => things.findOneAndUpdate(filter, loose(update), options));
      await expectRefused(() => things.bulkWrite([{ updateOne: { filter, update: loose(update), upsert: true } }]));
      await expectRefused(() => things.bulkWrite([{ updateMany: { filter, update: loose(update), upsert: true } }]));
    }
  });

  it.each([
    ['another tenant', { tenantId: 'b', name: 'x' }], ['no tenant', { name: 'x' }], ['the same tenant', { tenantId: 'a', name: 'x' }],
  ])(
    'a replacement, with %s, refused by every kind', async (_what, replacement) => {
      const filter = { ...inA, _id: 'a1' };
      await expectRefused(() => things.replaceOne(filter, loose(replacement)));
      await expectRefused(() => things.findOneAndReplace(filter, loose(replacement)));
      await expectRefused(() => things.bulkWrite([{ replaceOne: { filter, replacement: replacement as unknown as Thing } }]));
    });

  it('a loaded document, saved, updated, replaced or deleted by itself, refused', async () => {
    const document = await things.findOne({ ...inA, _id: 'a1' });
    if (!document) throw new Error('a1 is not stored');
    document.name = 'changed';
    await expectRefused(() => document.save());
    await expectRefused(() => document.updateOne({ name: 'x' }));
    await expectRefused(() => document.replaceOne({ name: 'x' }));
    await expectRefused(() => document.deleteOne());
    await expectRefused(() => things.bulkSave([document]));
  });

  it('populate, which reads by _id alone, refused', async () => {
    await raw().updateOne({ _id: 'a1' }, { $set: { name: 'b1' } });
    await expectRefused(() => things.find(inA).populate({ path: 'name', model: 'Thing' }));
  });

  it.each([['no tenant', {}], ['an empty one', { tenantId: '' }], ['an object', { tenantId: { $ne: 'b' } }]])(
    'a new document, with %s, stored by no kind of insert', async (_what, owner) => {
      const before = await stored();
      const document = { _id: 'new', name: 'x', ...owner } as unknown as Thing; // what the static types would refuse
      await expect(things.create([document])).rejects.toThrow();
      await expect(things.insertMany([document])).rejects.toThrow();
      await expect(things.insertMany([document], { lean: true })).rejects.toThrow();
      await expect(new things(document).save({ validateBeforeSave: false })).rejects.toThrow();
      await expect(things.bulkWrite([{ insertOne: { document } }])).rejects.toThrow();
      expect(await stored()).toEqual(before);
    });

  it('a new document, with its tenant, stored by every kind of insert', async () => {
    await things.create([{ _id: 'n1', ...inA }]);
    await things.insertMany([{ _id: 'n2', ...inA }]);
    await new things({ _id: 'n3', ...inA }).save();
    await things.bulkWrite([{ insertOne: { document: { _id: 'n4', ...inA } } }]);
    await things.updateOne({ ...inA, _id: 'n5' }, { name: 'x' }, { upsert: true });
    expect(await things.countDocuments(inA)).toBe(6);
    expect(await things.countDocuments({ tenantId: 'b' })).toBe(1);
  });
});
