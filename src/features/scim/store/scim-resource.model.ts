import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { ScimValues } from '../scim.types.ts';
import type { ScimKeys } from '../text-keys.ts';

/** A resource as it is stored. Members of a group are in its keys alone, which have the same form. */
export interface StoredResource {
  _id: string;
  tenantId: string;
  providerId: string;
  values: ScimValues;
  /** The values in the form in which filters compare them. */
  keys: ScimKeys;
  createdAt: Date;
  changedAt: Date;
}

function resourceSchema(): Schema<StoredResource> {
  const schema = new Schema<StoredResource>({
    _id: String,
    providerId: { type: String, required: true },
    // The attribute table decides what these contain.
    values: { type: Schema.Types.Mixed, required: true },
    keys: { type: Schema.Types.Mixed, required: true },
    createdAt: { type: Date, required: true },
    changedAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false, minimize: false });
  schema.plugin(tenantScope);
  // Lists of one provider are sorted by id.
  schema.index({ tenantId: 1, providerId: 1, _id: 1 });
  schema.index({ tenantId: 1, providerId: 1, 'keys.externalId': 1 });
  return schema;
}

/** The collection `scimUsers`, in the shared database beside the identities. */
export function createScimUserModel(connection: Connection, prefix = ''): Model<StoredResource> {
  const schema = resourceSchema();
  schema.index({ tenantId: 1, providerId: 1, 'keys.userName': 1 }, { unique: true });
  schema.index({ tenantId: 1, providerId: 1, 'keys.emails.value': 1 });
  return connection.model<StoredResource>('ScimUser', schema, `${prefix}scimUsers`);
}

/**
 * The collection `scimGroups`.
 *
 * Names are unique, because role mappings go by them: with a second group of the same name, its owner could give roles.
 */
export function createScimGroupModel(connection: Connection, prefix = ''): Model<StoredResource> {
  const schema = resourceSchema();
  schema.index({ tenantId: 1, providerId: 1, 'keys.displayName': 1 }, { unique: true });
  schema.index({ tenantId: 1, providerId: 1, 'keys.members.value': 1 });
  return connection.model<StoredResource>('ScimGroup', schema, `${prefix}scimGroups`);
}
