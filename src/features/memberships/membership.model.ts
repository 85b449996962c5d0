import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** A user's role on one resource, such as `projects/64f0c0ffee`, and on all resources below it. */
export interface Membership {
  _id: string;
  tenantId: string;
  userId: string;
  resource: string;
  roleId: string;
}

export function createMembershipModel(connection: Connection, prefix = ''): Model<Membership> {
  const schema = new Schema<Membership>({
    _id: String,
    userId: { type: String, required: true },
    resource: { type: String, required: true },
    roleId: { type: String, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, userId: 1, resource: 1, roleId: 1 }, { unique: true });
  schema.index({ tenantId: 1, resource: 1 });
  schema.index({ tenantId: 1, roleId: 1 });
  return connection.model<Membership>('Membership', schema, `${prefix}memberships`);
}
