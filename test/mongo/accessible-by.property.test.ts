import fc from 'fast-check';
import mongoose, { Schema } from 'mongoose';
import type { Model } from 'mongoose';
import type { AttributeCondition } from '../../src/access/condition.attribute.ts';
import { accessibleBy } from '../../src/mongo/accessible-by.ts';
import type { AccessibleBy } from '../../src/mongo/accessible-by.ts';
import { accessOf } from '../guards/access-of.ts';
import { testDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { proof } from '../support/proof.ts';

const numRuns = proof({ short: 300, ci: 2_000, full: 5_000 });
let database: TestDatabase;
beforeAll(async () => { database = await testDatabase(); }, 60_000);
afterAll(() => database.drop());

const ids = ['a', 'b', 'c'].map((text) => new mongoose.Types.ObjectId(text.padStart(24, '0')));
const times = [new Date('2026-11-30T23:59:59.999Z'), new Date('2026-12-01T00:00:00Z'), new Date('2026-12-01T12:00:00Z')];
const { ObjectId, Mixed } = Schema.Types;

/** What a field may be declared as, and what is then stored in it. */
const kinds: Readonly<Record<string, { readonly type: unknown; readonly values: readonly unknown[] }>> = {
  text: { type: String, values: ['a', '2', 'true'] },
  number: { type: Number, values: [1, 2] },
  truth: { type: Boolean, values: [true, false] },
  id: { type: ObjectId, values: ids },
  time: { type: Date, values: times },
  any: { type: Mixed, values: ['a', 1, ids[0], times[1]] },
  texts: { type: [String], values: [['a', '2'], [], ['b']] },
  numbers: { type: [Number], values: [[1, 2], [], [2]] },
  listOfIds: { type: [ObjectId], values: [[ids[0], ids[1]], [], [ids[2]]] },
  listOfTimes: { type: [Date], values: [[times[0], times[2]], []] },
  inside: { type: { x: ObjectId, y: Number }, values: [{ x: ids[0], y: 1 }, { y: 2 }, { x: null }] },
  many: { type: [{ x: ObjectId, _id: false }], values: [[{ x: ids[0] }], []] },
};
const unknownToSchema = { values: ['a', 1, ids[0], times[1], [ids[1]]] };

interface Document { _id: mongoose.Types.ObjectId }

function modelOf(name: string): Model<Document, AccessibleBy> {
  const schema = new Schema<Document, Model<Document, AccessibleBy>, object, AccessibleBy>(Object.fromEntries(Object.entries(kinds).map(([field, { type }]) => [field, { type }])), { collection: name });
  schema.plugin(accessibleBy, { resource: 'things' });
  return database.connection.model<Document, Model<Document, AccessibleBy>>(name, schema);
}

const fields = fc.record(Object.fromEntries(Object.entries({ ...kinds, loose: unknownToSchema }).map(([field, { values }]) => [field, fc.constantFrom(null, ...values)])), { requiredKeys: [] });
const path = fc.constantFrom(...Object.keys(kinds), 'loose', 'inside.x', 'inside.y', 'many.x', 'id');
const value = fc.constantFrom('a', '1', '2', 'true', 'none', 1, 2, true, false, ...ids.map(String), String(ids[0]).toUpperCase(), ...times.map((time) => time.toISOString()), '2026-12-01', '2026');
const condition: fc.Arbitrary<AttributeCondition> = fc.oneof(
  fc.record({ type: fc.constant('attribute' as const), left: path.map((name) => `resource.${name}`), operator: fc.constantFrom('eq' as const, 'ne' as const, 'gt' as const, 'lt' as const), right: fc.record({ value }) }),
  fc.record({ type: fc.constant('attribute' as const), left: path.map((name) => `resource.${name}`), operator: fc.constant('in' as const), right: fc.record({ value: fc.array(value, { maxLength: 3 }) }) }),
  fc.record({ type: fc.constant('attribute' as const), left: path.map((name) => `resource.${name}`), operator: fc.constant('exists' as const), right: fc.record({ value: fc.boolean() }) }),
  fc.record({ type: fc.constant('attribute' as const), left: path.map((name) => `resource.${name}`), operator: fc.constantFrom('eq' as const, 'ne' as const, 'in' as const), right: fc.constantFrom('subject.ids', 'subject.words', 'subject.none') }),
);
const policy = fc.record({
  effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const), actions: fc.constant(['read']),
  resources: fc.constantFrom(['things'], ['things/*'], [`things/${String(ids[0])}`], ['things/none']), conditions: fc.array(condition, { maxLength: 2 }),
});

describe('accessibleBy on documents of a schema', () => {
  it('random policies on ids, times, lists and fields of any type, finds exactly what can() allows', async () => {
    let [reads, found] = [0, 0];
    for (let batch = 0; reads < numRuns; batch += 1) {
      const Things = modelOf(`things${batch}`);
      const [documents = []] = fc.sample(fc.array(fields, { minLength: 8, maxLength: 8 }), 1);
      await Things.collection.insertMany(documents.map((document, index) => ({ _id: ids[index] ?? new mongoose.Types.ObjectId(), ...document })));
      const stored = await Things.find().lean();
      for (const policies of fc.sample(fc.array(policy, { minLength: 1, maxLength: 4 }), Math.min(50, numRuns - reads))) {
        reads += 1;
        const access = accessOf({ policies, attributes: { ids: ids.slice(0, 2).map(String), words: ['a', 'b'] } });
        const allowed = stored.filter((document) => access.can('read', `things/${String(document._id)}`, { ...document })).map(({ _id }) => String(_id)).sort();
        const query = Things.find().accessibleBy(access, 'read');
        const answered = (await query.lean()).map(({ _id }) => String(_id)).sort();
        if (answered.join() !== allowed.join()) throw new Error(`The query finds ${answered.join()}, can() allows ${allowed.join()}: ${JSON.stringify({ policies, filter: query.getFilter(), stored })}`);
        found += answered.length;
      }
      await Things.collection.drop();
    }
    console.log(`accessibleBy against can: ${reads} reads of 8 documents, ${found} documents found, 0 disagreements`);
    expect(found).toBeGreaterThan(numRuns / 2);
  }, proof({ short: 60_000, ci: 600_000, full: 1_800_000 }));
});
