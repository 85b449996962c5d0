import type { Model, mongo } from 'mongoose';
import { RateLimiterMongo, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RateLimit } from './rate-limit.model.ts';

/** A count, and how long its window still lasts. */
export interface Count {
  readonly count: number;
  readonly milliseconds: number;
}

/** Counters that all nodes share; each call but {@link takeBack} is one database call as a rule, and atomic. */
export interface LimitCounters {
  /** Adds one; the first of a window sets how long it lasts. */
  add(key: string, windowSeconds: number): Promise<Count>;
  /** Takes one back, but never leaves less than nothing: the counter may have been emptied meanwhile. */
  takeBack(key: string, windowSeconds: number): Promise<void>;
  /** Claims a key for some time, which one caller alone can; answers 0, or how many ms another one's claim still lasts. */
  claim(key: string, seconds: number): Promise<number>;
  /** Sets anew how long one's claim lasts. */
  extend(key: string, seconds: number): Promise<void>;
  forget(keys: readonly string[]): Promise<void>;
}

/** What the library uses of the model's collection, which is that of this connection's database and has its write concern. */
function collectionOf({ collection }: Model<RateLimit>) {
  return {
    async findOneAndUpdate(
      filter: { readonly key: string }, update: mongo.UpdateFilter<mongo.Document>, options: mongo.FindOneAndUpdateOptions,
    ) {
      // SecantusDB answers no document where two upserts of one key meet, although it has done both: what is read then
      // may count somebody's more, but never less. If that counter has been emptied meanwhile, this counts in a new one.
      const { key } = filter;
      const count = async () => await collection.findOneAndUpdate(filter, update, options) ?? await collection.findOne({ key });
      return await count() ?? await count();
    },
  };
}

/** Creates the counters on rate-limiter-flexible. */
export function createLimitCounters(model: Model<RateLimit>): LimitCounters {
  // Its type for MongoDB alone does not know `customDuration`, which all limiters of the library take.
  const limiter: RateLimiterAbstract = new RateLimiterMongo({
    storeClient: { collection: () => collectionOf(model) },
    tableName: model.collection.name,
    keyPrefix: '',
    points: 1,
    duration: 1, // of no use: each call says its own
    disableIndexesCreation: true, // the model declares them, and the boot builds them
  });
  const lasting = (seconds: number) => ({ customDuration: Math.max(0.001, seconds) }); // with 0 a counter would last for ever

  return {
    async add(key, windowSeconds) {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(key, 1, lasting(windowSeconds));
      return { count: consumedPoints, milliseconds: msBeforeNext };
    },
    async takeBack(key, windowSeconds) {
      const { consumedPoints } = await limiter.reward(key, 1, lasting(windowSeconds));
      if (consumedPoints < 0) await limiter.penalty(key, 1, lasting(windowSeconds));
    },
    async claim(key, seconds) {
      try {
        await limiter.consume(key, 1, lasting(seconds));
        return 0;
      } catch (error) {
        if (error instanceof RateLimiterRes) return Math.max(1, error.msBeforeNext);
        throw error;
      }
    },
    async extend(key, seconds) {
      await limiter.set(key, 1, seconds);
    },
    async forget(keys) {
      await model.deleteMany({ key: { $in: keys } });
    },
  };
}
