import { inTransaction, rehearse } from '../../../src/platform/database/transactions.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../support/gatehouse/database.ts';
import { breakWrites, idleSockets } from '../../support/idle-sockets.ts';

interface Counter {
  _id: string;
  value: number;
}

describe('transactions', () => {
  let database: TestDatabase;
  const counters = () => database.connection.collection<Counter>('counters');
  beforeAll(async () => {
    database = await createDatabase();
    await database.connection.createCollection('counters');
  });
  beforeEach(async () => {
    await counters().deleteMany({});
    await counters().insertMany([{ _id: 'a', value: 1 }, { _id: 'b', value: 1 }]);
  });
  const values = async () => Object.fromEntries((await counters().find().sort({ _id: 1 }).toArray()).map(({ _id, value }) => [_id, value]));

  it('inTransaction, work that succeeds, all of its writes and its answer', async () => {
    const answer = await inTransaction(database.connection, async (session) => {
      await counters().updateOne({ _id: 'a' }, { $inc: { value: 1 } }, { session });
      await counters().insertOne({ _id: 'c', value: 3 }, { session });
      return 'done';
    });
    expect([answer, await values()]).toEqual(['done', { a: 2, b: 1, c: 3 }]);
  });

  it.each([['its second write', 'work'], ['its commit and again when it is undone', 'commit']])(
    'inTransaction, a connection that breaks during %s, an error of the network, and the documents are free at once',
    async (_what, where) => {
      await Promise.all(Array.from({ length: 4 }, values)); // opens connections
      const attempt = inTransaction(database.connection, async (session) => {
        await counters().updateOne({ _id: 'a' }, { $inc: { value: 1 } }, { session });
        breakWrites(idleSockets(database.connection), where === 'work' ? 1 : 2);
        if (where === 'work') await counters().updateOne({ _id: 'b' }, { $inc: { value: 1 } }, { session });
      });
      await expect(attempt).rejects.toMatchObject({ name: 'MongoNetworkError' });
      const began = performance.now();
      await inTransaction(database.connection, (session) => counters().updateOne({ _id: 'a' }, { $set: { value: 7 } }, { session }));
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(await values()).toEqual({ a: 7, b: 1 });
    },
  );

  it('inTransaction, work that fails at its end, none of its writes and the very error', async () => {
    const failure = new Error('at the end');
    const attempt = inTransaction(database.connection, async (session) => {
      await counters().updateOne({ _id: 'a' }, { $inc: { value: 1 } }, { session });
      await counters().deleteOne({ _id: 'b' }, { session });
      throw failure;
    });
    await expect(attempt).rejects.toBe(failure);
    expect(await values()).toEqual({ a: 1, b: 1 });
  });

  it('inTransaction, its own writes, seen inside and not outside before the end', async () => {
    await inTransaction(database.connection, async (session) => {
      await counters().updateOne({ _id: 'a' }, { $set: { value: 9 } }, { session });
      expect((await counters().findOne({ _id: 'a' }, { session }))?.value).toBe(9);
      expect((await counters().findOne({ _id: 'a' }))?.value).toBe(1);
    });
    expect((await counters().findOne({ _id: 'a' }))?.value).toBe(9);
  });

  it('inTransaction, reads inside, see one snapshot while others commit', async () => {
    await inTransaction(database.connection, async (session) => {
      const read = async () => (await counters().findOne({ _id: 'b' }, { session }))?.value;
      expect(await read()).toBe(1);
      await counters().updateOne({ _id: 'b' }, { $set: { value: 7 } });
      expect(await read()).toBe(1);
    });
  });

  it('inTransaction, ten at once on one document, each is counted', async () => {
    await Promise.all(Array.from({ length: 10 }, () => inTransaction(database.connection, async (session) => {
      const found = await counters().findOne({ _id: 'a' }, { session });
      await counters().updateOne({ _id: 'a' }, { $set: { value: (found?.value ?? 0) + 1 } }, { session });
    })));
    expect(await values()).toEqual({ a: 11, b: 1 });
  });

  it('two transactions that each take one of the last two, with a lock document, one of them is refused (20 rounds)', async () => {
    for (let round = 0; round < 20; round += 1) {
      await counters().updateMany({}, { $set: { value: 1 } });
      const take = (id: string) => inTransaction(database.connection, async (session) => {
        await counters().updateOne({ _id: id }, { $set: { value: 0 } }, { session });
        await counters().updateOne({ _id: 'guard' }, { $inc: { value: 100 } }, { session, upsert: true });
        if ((await counters().countDocuments({ value: 1 }, { session })) === 0) throw new Error('the last one');
      });
      const taken = await Promise.allSettled([take('a'), take('b')]);
      expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });

  it('rehearse, work that writes, its answer and none of its writes', async () => {
    const answer = await rehearse(database.connection, async (session) => {
      await counters().updateOne({ _id: 'a' }, { $inc: { value: 1 } }, { session });
      return (await counters().findOne({ _id: 'a' }, { session }))?.value;
    });
    expect([answer, await values()]).toEqual([2, { a: 1, b: 1 }]);
  });

  it('rehearse, work that fails, its error', async () => {
    await expect(rehearse(database.connection, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('rehearse, collections that are not there yet, none is left', async () => {
    await rehearse(
      database.connection, (session) => database.connection.collection<Counter>('others').insertOne({ _id: 'x', value: 1 }, { session }),
    );
    expect(await database.connection.collection('others').countDocuments()).toBe(0);
  });
});
