import type { Model, mongo } from 'mongoose';
import { createLimitCounters } from '../../../src/platform/limits/shared-counters.store.ts';
import { createRateLimitModel } from '../../../src/platform/limits/rate-limit.model.ts';
import type { RateLimit } from '../../../src/platform/limits/rate-limit.model.ts';
import { buildIndexes } from '../../../src/platform/database/indexes.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../support/gatehouse/database.ts';

let database: TestDatabase;
let model: Model<RateLimit>;
beforeAll(async () => {
  database = await createDatabase('shared', { name: 'counters' });
  model = createRateLimitModel(database.connection);
  await buildIndexes([model]);
});

/**
 * The model with a server that does what it is told and answers no document, the first time; `meanwhile` happens before it is asked again.
 */
function silentOnce(meanwhile: () => Promise<unknown>): Model<RateLimit> {
  let isSilent = true;
  const { collection } = model;
  const silent = {
    name: collection.name,
    async findOneAndUpdate(
      filter: mongo.Filter<mongo.Document>, update: mongo.UpdateFilter<mongo.Document>, options: mongo.FindOneAndUpdateOptions,
    ) {
      const found = await collection.findOneAndUpdate(filter, update, options);
      if (!isSilent) return found;
      isSilent = false;
      await meanwhile();
      return null;
    },
    findOne: (filter: mongo.Filter<mongo.Document>) => collection.findOne(filter),
  };
  return { collection: silent } as unknown as Model<RateLimit>; // all that the counters use of it here
}

describe('limit counters, the server answers no document', () => {
  it('but has counted, are read', async () => {
    expect(await createLimitCounters(silentOnce(() => Promise.resolve())).add('one', 60)).toMatchObject({ count: 1 });
  });

  it('and the counter is emptied before it is read, count in a new one', async () => {
    const counters = createLimitCounters(silentOnce(() => model.deleteMany({ key: 'two' })));
    expect(await counters.add('two', 60)).toMatchObject({ count: 1 });
    expect(await counters.add('two', 60)).toMatchObject({ count: 2 });
  });

  it('to the second of two claims at once, the claim that the first has extended meanwhile is refused', async () => {
    const first = createLimitCounters(model);
    expect(await first.claim('three', 60)).toBe(0);
    const second = createLimitCounters(silentOnce(() => first.extend('three', 120)));
    expect(await second.claim('three', 60)).toBeGreaterThan(60_000);
  });
});
