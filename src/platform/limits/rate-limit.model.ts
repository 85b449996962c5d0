import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';

/** A counter or a delay. rate-limiter-flexible defines its fields, and an `_id` that nobody reads. */
export interface RateLimit {
  /** Tenant, purpose and a digest. It contains no name and no address. */
  key: string;
  points: number;
  /** When it expires. The library checks this too, because the database removes expired rows only about once per minute. */
  expire: Date;
}

/** Creates the model of the collection `rateLimits`. It has no tenant scope, because the library finds rows by key alone. */
export function createRateLimitModel(connection: Connection, prefix = ''): Model<RateLimit> {
  const schema = new Schema<RateLimit>({
    key: { type: String, required: true },
    points: { type: Number, required: true },
    expire: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.index({ key: 1 }, { unique: true });
  schema.index({ expire: 1 }, { expireAfterSeconds: 0 });
  return connection.model<RateLimit>('RateLimit', schema, `${prefix}rateLimits`);
}
