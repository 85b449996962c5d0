import fc from 'fast-check';
import { decide } from '../../src/engine/decide.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import { scope } from '../../src/engine/scope.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { proof } from '../support/proof.ts';
import { action, fields, policies, subjectFacts } from './random-policies.ts';
import { registryOf } from './registries.ts';
import { stored } from './resources/stored.ts';

const numRuns = proof({ short: 150, ci: 2_000, full: 5_000 });
const perBatch = 50;
const registry = registryOf({});
const database = await createDatabase();
/** What the filter may be made of. */
const operators = new Set(['$and', '$or', '$nor', '$in', '$gt', '$gte', '$lt', '$lte', '$elemMatch', '$exists', '$type']);

function operatorsIn(filter: unknown): string[] {
  if (typeof filter !== 'object' || filter === null) return [];
  if (Array.isArray(filter)) return filter.flatMap(operatorsIn);
  return Object.entries(filter).flatMap(([name, value]) => [...(name.startsWith('$') ? [name] : []), ...operatorsIn(value)]);
}

describe('scope', () => {
  it('on random documents with null, missing and listed fields, finds exactly those that decide allows', async () => {
    let reads = 0;
    let found = 0;
    const documents = fc.array(fields, { minLength: 8, maxLength: 8 });
    const asked = fc.record({ policies, action, resource: fc.constantFrom('items', 'orders', 'items/1'), context: subjectFacts });
    for (const [batch, docs] of fc.sample(documents, Math.ceil(numRuns / perBatch)).entries()) {
      const collection = database.connection.collection<{ _id: string }>(`docs${batch}`);
      const kept = docs.map((doc, index) => ({ _id: String(index), ...doc }));
      await collection.insertMany(kept);
      for (const { policies: held, action: wanted, resource, context } of fc.sample(asked, Math.min(perBatch, numRuns - reads))) {
        const grants = compileGrants(registry, { rights: [], policies: held, isSuperadmin: false });
        const filter = scope(grants, { action: wanted, resource }, context, stored);
        expect(operatorsIn(filter).filter((name) => !operators.has(name))).toEqual([]);
        const ids = (await collection.find(filter, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id).sort();
        const allowed = kept.filter(({ _id, ...doc }) => decide(
          grants, { action: wanted, resource: `${resource}/${_id}` }, { ...context, resource: { id: _id, ...doc } },
        ).allowed).map(({ _id }) => _id);
        if (JSON.stringify(ids) !== JSON.stringify(allowed)) {
          const drawn = JSON.stringify({ held, wanted, resource, context, filter, kept });
          throw new Error(`The filter finds ${ids.join()}, decide allows ${allowed.join()}: ${drawn}`);
        }
        reads += 1;
        found += ids.length;
      }
      await collection.drop();
    }
    console.log(`scope against decide: ${reads} reads of 8 documents, ${found} documents found, 0 disagreements`);
    expect(reads).toBe(numRuns);
    expect(found).toBeGreaterThan(numRuns / 2);
  }, proof({ short: 60_000, ci: 600_000, full: 1_800_000 }));
});
