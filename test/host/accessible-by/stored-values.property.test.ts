import fc from 'fast-check';
import { accessOf } from '../guards/access-of.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import { proof } from '../../support/proof.ts';
import { documentFields, idsByType, idsOf, modelOf, nameOf, policiesAbout, subject } from './stored-documents.ts';
import { typesMet } from './types-met.ts';

/** One decision is one document under one set of policies, by a check and through every door of the database. */
const decisions = proof({ short: 5_000, ci: 100_000, full: 200_000 });
const documentsOfBatch = 24;
const readsOfBatch = 25;
const database = await createDatabase();
describe('a check and a query', () => {
  it('random policies on values of every type, find the same documents through find, accessibleBy, aggregate and the driver', async () => {
    const met = typesMet();
    let found = 0;
    for (let batch = 0; met.decisions() < decisions; batch += 1) {
      const ids = Object.values(idsByType)[batch % Object.keys(idsByType).length];
      if (!ids) throw new Error('There is a type of ids for each batch.');
      const Things = modelOf(database.connection, `things${batch}`, ids.type);
      const chosen = idsOf(ids, documentsOfBatch);
      const given = fc.sample(documentFields, documentsOfBatch).map((document, index) => ({ ...document, _id: chosen[index] }));
      await Things.collection.insertMany(given as object[]); // ids of any type
      const kept = await Things.find().lean();
      for (const policies of fc.sample(policiesAbout(kept.map(({ _id }) => _id)), readsOfBatch)) {
        const access = accessOf({ policies, attributes: subject });
        const keys = (documents: readonly { _id: unknown }[]) => documents.map(({ _id }) => `${nameOf(_id)} ${typeof _id}`).sort();
        const scope = access.scope('read', 'things');
        const allowed = keys(kept.filter((document) => access.can('read', nameOf(document._id), { ...document })));
        const answers = {
          accessibleBy: keys(await Things.find().accessibleBy(access, 'read').lean()),
          find: keys(await Things.find(scope).lean()),
          aggregate: keys(await Things.aggregateAccessibleBy<{ _id: unknown }>(access, 'read')),
          driver: keys(await Things.collection.find(scope).toArray()),
        };
        for (const [door, answered] of Object.entries(answers)) {
          if (answered.join() !== allowed.join()) {
            const drawn = JSON.stringify({ policies, scope, kept });
            throw new Error(`${door} finds ${answered.join()}, can() allows ${allowed.join()}: ${drawn}`);
          }
        }
        met.count(given, policies);
        found += allowed.length;
      }
      await Things.collection.drop();
    }
    console.log(
      `a check against find, accessibleBy, aggregate and driver: ${met.decisions()} decisions, ${found} allowed, 0 differ; `
        + `in % of them, ${met.describe()}`,
    );
    expect(met.rare(proof({ short: 0.01, ci: 0.02, full: 0.02 }))).toEqual([]);
    expect(found).toBeGreaterThan(decisions / 20);
  }, proof({ short: 60_000, ci: 900_000, full: 1_800_000 }));
});
