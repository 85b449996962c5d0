import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';

/** One row of the feed from which other nodes, and later mail, learn of a change. */
export interface OutboxRow {
  _id: string;
  tenantId: string;
  at: Date;
  action: string;
  target: { kind: string; id: string };
  /** Whether the tenant's policy version was raised. */
  policy: boolean;
  /** Users whose grants, status or sessions changed. */
  users: string[];
  expiresAt: Date;
}

export function createOutboxModel(connection: Connection): Model<OutboxRow> {
  const schema = new Schema<OutboxRow>({
    _id: String,
    tenantId: { type: String, required: true },
    at: { type: Date, required: true },
    action: { type: String, required: true },
    target: { type: new Schema({ kind: String, id: String }, { _id: false }), required: true },
    policy: { type: Boolean, required: true },
    users: { type: [String], required: true },
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  return connection.model<OutboxRow>('OutboxRow', schema, 'outbox');
}
