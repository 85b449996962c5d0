import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';

/** A counter or a delay. Its fields, and an `_id` that nobody reads, are those of rate-limiter-flexible. */
export interface RateLimit {
  /** Tenant, purpose and a digest: it names nobody in the clear. */
  key: string;
  points: number;
  /** When it starts anew. The library checks it too: the database clears expired ones only about once a minute. */
  expire: Date;
}

/** The collection `rateLimits`. It carries no tenant scope, because the library writes it by key alone; the key holds the tenant. */
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
