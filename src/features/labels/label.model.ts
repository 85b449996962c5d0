import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** A label of a tenant. */
export interface Label {
  _id: string;
  tenantId: string;
  name: string;
}

export function createLabelModel(connection: Connection, prefix = ''): Model<Label> {
  const schema = new Schema<Label>({
    _id: String,
    name: { type: String, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, name: 1 }, { unique: true });
  return connection.model<Label>('Label', schema, `${prefix}labels`);
}
