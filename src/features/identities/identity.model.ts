import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** A person as a provider names them, linked to a user. */
export interface Identity {
  _id: string;
  tenantId: string;
  userId: string;
  providerId: string;
  /** The digest of issuer and subject attribute. */
  realm: string;
  subject: string;
  /** The id of the person in SCIM. */
  scimId?: string;
  /** The id of the person in the directory of the provider. */
  externalId?: string;
  /** The groups that the provider asserted last, sorted. */
  groups: string[];
  /** The other values that role mappings can ask for, as they were asserted last. */
  values: { from: string; values: string[] }[];
  /** When `groups` and `values` last changed. */
  claimsAt: Date;
  lastLoginAt?: Date;
  /** Whether the provider has switched this person off. */
  disabledHere?: boolean;
  /** Why the user does not have the address that the provider asserted last. */
  emailNote?: EmailNote;
}

/** Why an asserted address is not taken over: it is not proven, another user has it, or it is no plain address. */
export type EmailNote = 'not-proven' | 'taken' | 'not-plain';

/** The collection `identities`, in the shared database: a login finds the user in it. */
export function createIdentityModel(connection: Connection, prefix = ''): Model<Identity> {
  const schema = new Schema<Identity>({
    _id: String,
    userId: { type: String, required: true },
    providerId: { type: String, required: true },
    realm: { type: String, required: true },
    subject: { type: String, required: true },
    scimId: String,
    externalId: String,
    groups: { type: [String], required: true },
    values: { type: [new Schema({ from: String, values: [String] }, { _id: false, strict: 'throw' })], required: true },
    claimsAt: { type: Date, required: true },
    lastLoginAt: Date,
    disabledHere: Boolean,
    emailNote: String,
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, providerId: 1, realm: 1, subject: 1 }, { unique: true });
  schema.index({ tenantId: 1, providerId: 1, scimId: 1 }, { unique: true, partialFilterExpression: { scimId: { $type: 'string' } } });
  schema.index({ tenantId: 1, userId: 1 });
  return connection.model<Identity>('Identity', schema, `${prefix}identities`);
}
