import mongoose, { Schema } from 'mongoose';
import type { Model } from 'mongoose';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { accessibleBy } from '../../../src/host/accessible-by/accessible-by.ts';
import type { AccessibleBy, AccessibleModel } from '../../../src/host/accessible-by/accessible-by.ts';
import { accessOf } from '../guards/access-of.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../support/gatehouse/database.ts';

interface Project {
  _id: mongoose.Types.ObjectId;
  name: string;
  ownerId: mongoose.Types.ObjectId;
  memberIds: mongoose.Types.ObjectId[];
  restricted: boolean;
  dueAt: Date;
  count: number;
}

let database: TestDatabase;
let models = 0;
beforeAll(async () => { database = await createDatabase(); }, 60_000);
const id = (text: string) => new mongoose.Types.ObjectId(text.padStart(24, '0'));
const ada = id('ada');

/** A collection of its own with three projects: one of Ada's, one she is a member of, one restricted. */
async function projects(options: mongoose.SchemaOptions = {}): Promise<AccessibleModel<Project>> {
  const schema = new Schema<Project, AccessibleModel<Project>, object, AccessibleBy>({
    name: String, ownerId: Schema.Types.ObjectId, memberIds: [Schema.Types.ObjectId], restricted: Boolean, dueAt: Date, count: Number,
  }, options as object);
  schema.plugin(accessibleBy, { resource: 'projects' });
  const Projects = database.connection.model<Project, AccessibleModel<Project>>(
    `Projects${(models += 1)}`, schema,
  );
  await Projects.create([
    { _id: id('1'), name: 'one', ownerId: ada, memberIds: [], restricted: false, dueAt: new Date('2026-12-01T00:00:00Z'), count: 1 },
    { _id: id('2'), name: 'two', ownerId: id('b'), memberIds: [
      ada, id('b'),
    ], restricted: false, dueAt: new Date('2026-11-30T23:59:59.999Z'), count: 2 },
    { _id: id('3'), name: 'three', ownerId: id('b'), memberIds: [
      id('b'),
    ], restricted: true, dueAt: new Date('2027-01-01T00:00:00Z'), count: 3 },
  ]);
  return Projects;
}

const allow = (resources: string[], ...conditions: NonNullable<Policy['conditions']>): Policy => ({
  effect: 'allow', actions: ['read'], resources, conditions,
});
const deny = (...conditions: NonNullable<Policy['conditions']>): Policy => ({
  effect: 'deny', actions: ['manage'], resources: ['projects/*'], conditions,
});
const about = (field: string, operator: 'eq' | 'ne' | 'in' | 'gt' | 'lt', value: string | number | boolean | string[]) => ({
  type: 'attribute' as const, left: `resource.${field}`, operator, right: { value },
});

async function names(query: { lean(): PromiseLike<{ name: string }[]> }): Promise<string> {
  return (await query.lean()).map(({ name }) => name).sort().join();
}

describe('accessibleBy', () => {
  it.each<[string, Policy[], string]>([
    ['every project', [allow(['projects'])], 'one,three,two'],
    ['ids by name', [allow([`projects/${id('1').toHexString()}`, `projects/${id('3').toHexString()}`])], 'one,three'],
    ['a name that is no id', [allow(['projects/archive', `projects/${id('2').toHexString()}`])], 'two'],
    ['an id in capitals, which names another resource', [allow([`projects/${id('abc').toHexString().toUpperCase()}`])], ''],
    ['an id kept out by a deny', [
      allow(['projects']), { effect: 'deny', actions: ['read'], resources: [`projects/${id('2').toHexString()}`] },
    ], 'one,three'],
    ['a field with an id', [allow(['projects'], about('ownerId', 'eq', ada.toHexString()))], 'one'],
    ['a list of ids', [allow(['projects'], about('memberIds', 'eq', ada.toHexString()))], 'two'],
    ['a deny on a list of ids', [
      allow(['projects']), deny(about('restricted', 'eq', true), about('memberIds', 'ne', ada.toHexString())),
    ], 'one,two'],
    ['a field with an id compared with what is none', [allow(['projects'], about('ownerId', 'ne', 'ada'))], 'one,three,two'],
    ['a time before a day', [allow(['projects'], about('dueAt', 'lt', '2026-12-01'))], 'two'],
    ['a time after the start of a day', [allow(['projects'], about('dueAt', 'gt', '2026-12-01'))], 'one,three'],
    ['the moment itself', [allow(['projects'], about('dueAt', 'eq', '2026-12-01T00:00:00.000Z'))], 'one'],
    ['after the moment itself', [allow(['projects'], about('dueAt', 'gt', '2026-12-01T00:00:00.000Z'))], 'three'],
    ['a number written as text', [allow(['projects'], about('count', 'eq', '1'))], ''],
    ['a truth written as text', [allow(['projects'], about('restricted', 'eq', 'true'))], ''],
    ['ids in the order of their text', [allow(['projects'], about('ownerId', 'lt', ada.toHexString()))], 'three,two'],
    ['ids before what is none', [allow(['projects'], about('ownerId', 'lt', '000000000000000000000abc-'))], 'three,two'],
    ['ids after what is none', [allow(['projects'], about('ownerId', 'gt', '00000000000000000000000z'))], 'one'],
    ['ids after all of them', [allow(['projects'], about('ownerId', 'gt', 'x'))], ''],
    ['nothing allowed', [], ''],
  ])('%s, finds exactly that', async (_name, policies, found) => {
    const Projects = await projects();
    expect(await names(Projects.find().accessibleBy(accessOf({ policies }), 'read'))).toBe(found);
  });

  it('without access, finds nothing', async () => {
    const Projects = await projects();
    expect(await names(Projects.find().accessibleBy(undefined, 'read'))).toBe('');
    expect(await Projects.findOne().accessibleBy(undefined, 'read')).toBeNull();
  });

  const mine = accessOf({ policies: [allow(['projects'], about('ownerId', 'eq', ada.toHexString())), {
    effect: 'allow', actions: ['update', 'delete'], resources: [`projects/${id('1').toHexString()}`],
  }] });

  it('conditions before and after it, hold as well', async () => {
    const Projects = await projects();
    expect(
      await names(Projects.find({ name: 'one', $and: [{ count: 1 }], $or: [{ count: 1 }, { count: 2 }] }).accessibleBy(mine, 'read')),
    ).toBe('one');
    expect(await names(Projects.find({ ownerId: id('b') }).accessibleBy(mine, 'read'))).toBe('');
    expect(await names(Projects.find({ _id: id('2') }).accessibleBy(mine, 'read'))).toBe('');
    expect(await names(Projects.find().accessibleBy(mine, 'read').where({ ownerId: id('b') }))).toBe('');
    expect(await names(Projects.find().accessibleBy(mine, 'read').find({ $and: [{ count: { $gt: 0 } }] }))).toBe('one');
    expect(await names(Projects.find().accessibleBy(mine, 'read').and([{ count: 2 }]))).toBe('');
    expect(await names(Projects.find().merge(Projects.find().accessibleBy(mine, 'read')).find({ count: { $gt: 0 } }))).toBe('one');
    expect(await names(Projects.find().accessibleBy(mine, 'read').clone())).toBe('one');
    const Narrowed = Projects.find().accessibleBy(mine, 'read').toConstructor();
    expect(await names(new Narrowed().find({}))).toBe('one');
  });

  it('conditions of the query, stay where other plugins look for them', async () => {
    const Projects = await projects();
    expect(Projects.find({ name: 'one', $or: [{ count: 1 }] }).accessibleBy(mine, 'read').accessibleBy(mine, 'update').getFilter())
      .toEqual({ name: 'one', $or: [{ count: 1 }], $and: [expect.any(Object), expect.any(Object)] });
  });

  it('a filter that several queries share, is left as it was', async () => {
    const Projects = await projects();
    const shared = { $and: [{ count: { $gt: 0 } }] };
    await Projects.find(shared).accessibleBy(mine, 'read');
    expect(shared).toEqual({ $and: [{ count: { $gt: 0 } }] });
  });

  it('every kind of query, reads and changes only documents that the caller may read or change', async () => {
    const Projects = await projects();
    expect((await Projects.findById(id('1')).accessibleBy(mine, 'read'))?.name).toBe('one');
    expect(await Projects.findById(id('2')).accessibleBy(mine, 'read')).toBeNull();
    expect(await Projects.countDocuments().accessibleBy(mine, 'read')).toBe(1);
    expect(await Projects.distinct('name').accessibleBy(mine, 'read')).toEqual(['one']);
    expect(await Projects.exists({}).accessibleBy(mine, 'archive')).toBeNull();
    expect((await Projects.updateMany({}, { count: 9 }).accessibleBy(mine, 'update')).modifiedCount).toBe(1);
    expect((await Projects.updateOne({ _id: id('2') }, { count: 9 }).accessibleBy(mine, 'update')).matchedCount).toBe(0);
    expect((await Projects.replaceOne({ _id: id('2') }, { name: 'new' }).accessibleBy(mine, 'update')).matchedCount).toBe(0);
    expect((await Projects.findOneAndUpdate({}, { count: 10 }, { returnDocument: 'after' }).accessibleBy(mine, 'update'))?.count).toBe(10);
    expect(await Projects.findOneAndUpdate({ _id: id('3') }, { count: 10 }).accessibleBy(mine, 'update')).toBeNull();
    expect(await Projects.findOneAndDelete({ _id: id('3') }).accessibleBy(mine, 'delete')).toBeNull();
    expect((await Projects.deleteOne({ _id: id('2') }).accessibleBy(mine, 'delete')).deletedCount).toBe(0);
    expect((await Projects.deleteMany().accessibleBy(mine, 'delete')).deletedCount).toBe(1);
    const seen: string[] = [];
    for await (const { name } of Projects.find().accessibleBy(accessOf({ permissions: ['read:projects'] }), 'read').cursor()) seen.push(
      name,
    );
    expect(seen.sort()).toEqual(['three', 'two']);
    expect(await Projects.find().sort({ _id: 1 }).lean()).toMatchObject([{ name: 'two', count: 2 }, { name: 'three', count: 3 }]);
  });

  it('a deny of one document by its id, holds in every query, in aggregates, in what they look up and in the driver', async () => {
    const Projects = await projects();
    const allButTwo = { effect: 'allow' as const, actions: ['read', 'update', 'delete'], resources: ['projects'] };
    const access = accessOf(
      { policies: [allButTwo, { effect: 'deny', actions: ['manage'], resources: [`projects/${id('2').toHexString()}`] }] },
    );
    const scope = access.scope('read', 'projects');
    const namesOf = (found: readonly { readonly name?: unknown }[]) => found.map(({ name }) => name).sort().join();
    expect(await names(Projects.find(scope))).toBe('one,three');
    expect(await names(Projects.find({ $or: [scope] }))).toBe('one,three');
    expect(await names(Projects.find({ ...scope }).clone())).toBe('one,three');
    expect(await Projects.countDocuments(scope)).toBe(2);
    expect(namesOf(await Projects.aggregate<Project>([{ $match: scope }]))).toBe('one,three');
    expect(namesOf(await Projects.aggregateAccessibleBy<Project>(access, 'read', [{ $match: { count: { $gt: 1 } } }]))).toBe('three');
    expect(await Projects.aggregateAccessibleBy(undefined, 'read')).toEqual([]);
    expect(namesOf(await Projects.collection.find<Project>(scope).toArray())).toBe('one,three');
    const lookUp = {
      from: Projects.collection.collectionName, pipeline: [{ $match: scope }, { $sort: { name: 1 as const } }], as: 'others',
    };
    const [joined] = await Projects.aggregate<{ others: Project[] }>([{ $match: { name: 'one' } }, { $lookup: lookUp }]);
    expect(namesOf(joined?.others ?? [])).toBe('one,three');
    expect((await Projects.updateMany({}, { count: 7 }).accessibleBy(access, 'update')).modifiedCount).toBe(2);
    expect((await Projects.deleteMany({}).accessibleBy(access, 'delete')).deletedCount).toBe(2);
    expect(await names(Projects.find())).toBe('two');
  });

  it('a filter that was copied through JSON, matches nothing or is refused by the database', async () => {
    const Projects = await projects();
    const scope = mine.scope('read', 'projects');
    expect(await names(Projects.find(scope))).toBe('one');
    for (const strictQuery of [true, false]) {
      const copy = JSON.parse(JSON.stringify(scope)) as Record<string, unknown>;
      const found = await names(Projects.find(copy).setOptions({ strictQuery })).catch((error: unknown) => String(error));
      expect(['', 'MongoServerError: unknown operator: $and']).toContain(found);
    }
  });

  it('a boolean as the id, is named by its text', async () => {
    const schema = new Schema<{ _id: boolean }, Model<{ _id: boolean }, AccessibleBy>, object, AccessibleBy>({ _id: Boolean }, {
      collection: 'truths',
    });
    schema.plugin(accessibleBy);
    const Truths = database.connection.model<{ _id: boolean }, Model<{ _id: boolean }, AccessibleBy>>('Truth', schema);
    await Truths.create([{ _id: true }, { _id: false }]);
    const found = async (permission: string) => (await Truths.find().accessibleBy(
      accessOf({ permissions: [permission] }), 'read',
    ).lean()).map(({ _id }) => _id);
    expect([await found('read:truths/true'), await found('read:truths/false'), await found('read:truths/1')]).toEqual(
      [[true], [false], []],
    );
  });

  it('an upsert and an estimated count, throw', async () => {
    const Projects = await projects();
    await expect(Projects.updateOne({ name: 'four' }, { count: 4 }, { upsert: true }).accessibleBy(mine, 'update')).rejects.toThrow(
      'cannot be an upsert',
    );
    await expect(
      Projects.findOneAndUpdate({ name: 'four' }, { count: 4 }).accessibleBy(mine, 'update').setOptions({ upsert: true }),
    ).rejects.toThrow('cannot be an upsert');
    await expect(Projects.estimatedDocumentCount().accessibleBy(mine, 'read')).rejects.toThrow('estimated');
    expect(await Projects.countDocuments()).toBe(3);
  });

  it.each<[string, mongoose.SchemaOptions]>(
    [['on', { strictQuery: true }], ['throwing', { strictQuery: 'throw' }], ['off', { strictQuery: false }]],
  )('strictQuery %s and a field that the schema has not, counts the condition all the same', async (_name, options) => {
    const Projects = await projects(options);
    await Projects.collection.updateOne({ _id: id('1') }, { $set: { secret: true, keeperId: ada } });
    const hidden = accessOf({ permissions: ['read:projects'], policies: [deny(about('secret', 'eq', true))] });
    expect(await names(Projects.find().accessibleBy(hidden, 'read'))).toBe('');
    expect(
      await names(Projects.find().accessibleBy(accessOf({ policies: [allow(['projects'], about('secret', 'eq', true))] }), 'read')),
    ).toBe('one');
    expect(await names(
      Projects.find().accessibleBy(accessOf({ policies: [allow(['projects'], about('keeperId', 'eq', ada.toHexString()))] }), 'read'),
    )).toBe('one');
  });

  it('sanitizeFilter, leaves the scope as it is and sanitizes the rest', async () => {
    const Projects = await projects();
    const hidden = accessOf({ permissions: ['read:projects'], policies: [deny(about('restricted', 'eq', true))] });
    expect(await names(Projects.find().setOptions({ sanitizeFilter: true }).accessibleBy(hidden, 'read'))).toBe('one,two');
    expect(await names(Projects.find().setOptions({ sanitizeFilter: true }).accessibleBy(hidden, 'read').clone())).toBe('one,two');
    await expect(Projects.find({ count: { $gt: 0 } }).setOptions({ sanitizeFilter: true }).accessibleBy(hidden, 'read')).rejects.toThrow(
      /Cast to Number failed/,
    );
  });

  it('no resource named, takes the name of the collection; text ids are compared as they are', async () => {
    const schema = new Schema<{ _id: string }, Model<{ _id: string }, AccessibleBy>, object, AccessibleBy>({ _id: String }, {
      collection: 'notes',
    });
    schema.plugin(accessibleBy);
    const Notes = database.connection.model<{ _id: string }, Model<{ _id: string }, AccessibleBy>>('Note', schema);
    await Notes.create([{ _id: 'a' }, { _id: 'b' }]);
    expect((await Notes.find().accessibleBy(accessOf({ permissions: ['read:notes/a'] }), 'read').lean()).map(({ _id }) => _id)).toEqual(
      ['a'],
    );
    expect(await Notes.countDocuments().accessibleBy(accessOf({ permissions: ['read:projects'] }), 'read')).toBe(0);
  });
});
