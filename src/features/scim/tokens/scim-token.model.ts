import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../../platform/database/tenancy/tenant-scope.ts';

/** A token of a directory. Only its hash is stored, so that nobody can use what they read in the database. */
export interface ScimToken {
  /** SHA-256 of the token. */
  _id: string;
  tenantId: string;
  /** The id by which administrators name the token. */
  tokenId: string;
  /** The provider whose resources the token can read and write. */
  providerId: string;
  name: string;
  /** The code checks it too: the database deletes expired tokens only about once a minute. */
  expiresAt: Date;
  /** Exact to a minute. */
  lastUsedAt?: Date;
  /** userId; null for the server itself. */
  createdBy: string | null;
  createdAt: Date;
}

/** The collection `scimTokens`, in the shared database. */
export function createScimTokenModel(connection: Connection, prefix = ''): Model<ScimToken> {
  const schema = new Schema<ScimToken>({
    _id: { type: String, required: true },
    tokenId: { type: String, required: true },
    providerId: { type: String, required: true },
    name: { type: String, required: true },
    expiresAt: { type: Date, required: true },
    lastUsedAt: Date,
    createdBy: { type: String, default: null },
    createdAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  schema.index({ tenantId: 1, tokenId: 1 }, { unique: true });
  schema.index({ tenantId: 1, providerId: 1 });
  return connection.model<ScimToken>('ScimToken', schema, `${prefix}scimTokens`);
}
