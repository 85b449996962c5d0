import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';
import type { AttributeMapping, Provisioning, RoleMappingEntry } from '../identities/identity.types.ts';
import { protocols, providerStatuses } from './provider.types.ts';
import type { IdentityProvider, ProviderRevision } from './provider.types.ts';

/** One entry of an attribute mapping. It is stored in a list, because a name of a target may contain a dot. */
export interface StoredMapping {
  target: string;
  source: AttributeMapping[string];
}

/** An identity provider as it is stored. */
export interface StoredProvider extends Omit<IdentityProvider, 'attributeMapping'> {
  readonly attributeMapping: readonly StoredMapping[];
}

/** The collection `identityProviders`. It is in the shared database, so that a login finds it. */
export function createProviderModel(connection: Connection, prefix = ''): Model<StoredProvider> {
  const mixed = Schema.Types.Mixed;
  const inside = { _id: false, strict: 'throw', minimize: false } as const;
  const revision = {
    revision: { type: Number, required: true }, configuration: { type: mixed, required: true }, sealed: { type: mixed, required: true },
    subject: mixed,
  };
  const schema = new Schema<StoredProvider>({
    _id: String,
    providerName: { type: String, required: true },
    nameKey: { type: String, required: true },
    protocol: { type: String, enum: protocols, required: true },
    status: { type: String, enum: providerStatuses, required: true },
    ...revision,
    live: { type: new Schema<ProviderRevision>(revision, inside), default: undefined },
    testedRevision: Number,
    attributeMapping: { type: [new Schema<StoredMapping>({ target: String, source: mixed }, inside)], required: true },
    roleMapping: {
      type: [new Schema<RoleMappingEntry>({ group: String, from: String, equals: String, role: String }, inside)], required: true,
    },
    provisioning: {
      type: new Schema<Provisioning>({
        create: Boolean, createFromToken: Boolean, trustsEmail: Boolean, linkByEmail: String, defaultRole: String, unmatched: String,
      }, inside),
      required: true,
    },
    domains: { type: [String], required: true },
    version: { type: Number, required: true },
    createdAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false, minimize: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, nameKey: 1 }, { unique: true });
  schema.index({ tenantId: 1, domains: 1 });
  schema.index({ tenantId: 1, 'roleMapping.role': 1 });
  return connection.model<StoredProvider>('IdentityProvider', schema, `${prefix}identityProviders`);
}
