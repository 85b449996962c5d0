import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';

/** An organization: the owner of users, roles, sessions and audit records. */
export interface Tenant {
  _id: string;
  name: string;
  status: 'active' | 'suspended';
  /** Raised by every change of what roles give. A session's rights are good for one such version. */
  policyVersion: number;
}

export function createTenantModel(connection: Connection): Model<Tenant> {
  const schema = new Schema<Tenant>({
    _id: String,
    name: { type: String, required: true },
    status: { type: String, enum: ['active', 'suspended'], required: true },
    policyVersion: { type: Number, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.index({ name: 1 }, { unique: true });
  return connection.model<Tenant>('Tenant', schema, 'tenants');
}
