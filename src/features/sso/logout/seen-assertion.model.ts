import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../../platform/database/tenancy/tenant-scope.ts';

/** A message of a provider that was used. Its unique id is the check that none counts twice. */
export interface SeenAssertion {
  /** SHA-256 of the provider and of the id of the message. */
  readonly _id: string;
  readonly tenantId: string;
  /** From then on, the message is too old to count. */
  readonly expiresAt: Date;
}

/** The collection `seenAssertions`. */
export function createSeenAssertionModel(connection: Connection, prefix = ''): Model<SeenAssertion> {
  const schema = new Schema<SeenAssertion>({
    _id: { type: String, required: true }, expiresAt: { type: Date, required: true },
  }, { strict: 'throw', strictQuery: 'throw', autoIndex: false, versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  return connection.model<SeenAssertion>('SeenAssertion', schema, `${prefix}seenAssertions`);
}
