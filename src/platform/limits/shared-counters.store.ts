import type { Model, mongo } from 'mongoose';
import { RateLimiterMongo, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RateLimit } from './rate-limit.model.ts';

/** A count, and the rest of its window in ms. */
export interface Count {
  readonly count: number;
  readonly milliseconds: number;
}

/** Counters that all nodes share. Each call except {@link takeBack} is usually one atomic database call. */
export interface LimitCounters {
  /** Adds one. The first call of a window sets its length. */
  add(key: string, windowSeconds: number): Promise<Count>;
  /** Subtracts one, but never goes below 0: the counter may have been emptied in the meantime. */
  takeBack(key: string, windowSeconds: number): Promise<void>;
  /** Claims a key for some time. Only one caller can hold a claim. Answers 0, or the rest of the other caller's claim in ms. */
  claim(key: string, seconds: number): Promise<number>;
  /** Sets the length of the caller's own claim again. */
  extend(key: string, seconds: number): Promise<void>;
  forget(keys: readonly string[]): Promise<void>;
}

/** The part of the model's collection that the library uses. Its database and write concern are those of the connection. */
function collectionOf({ collection }: Model<RateLimit>) {
  return {
    async findOneAndUpdate(
      filter: { readonly key: string }, update: mongo.UpdateFilter<mongo.Document>, options: mongo.FindOneAndUpdateOptions,
    ) {
      // If two upserts of one key happen at the same time, SecantusDB performs both but answers no document to one of them. The
      // read may then include another caller's count, but never less: `extend` also keeps to this. If the counter has been
      // emptied, the call is repeated.
      const { key } = filter;
      const count = async () => await collection.findOneAndUpdate(filter, update, options) ?? await collection.findOne({ key });
      return await count() ?? await count();
    },
  };
}

/** More points than a free claim allows. */
const claimed = 2;

/** Creates the counters on rate-limiter-flexible. */
export function createLimitCounters(model: Model<RateLimit>): LimitCounters {
  // All limiters of the library accept `customDuration`, but the type of the one for MongoDB does not have it.
  const limiter: RateLimiterAbstract = new RateLimiterMongo({
    storeClient: { collection: () => collectionOf(model) },
    tableName: model.collection.name,
    keyPrefix: '',
    points: 1,
    duration: 1, // not used: each call has its own duration
    disableIndexesCreation: true, // the model declares the indexes, and the start builds them
  });
  const lasting = (seconds: number) => ({ customDuration: Math.max(0.001, seconds) }); // a counter with 0 would never expire

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
      // With 1 point, another caller who claimed at the same time and now reads the counter would also hold the claim.
      await limiter.set(key, claimed, seconds);
    },
    async forget(keys) {
      await model.deleteMany({ key: { $in: keys } });
    },
  };
}
