import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** A service that calls without a user. It authenticates with a secret, and has the grants of its roles. */
export interface Client {
  /** Contains the id of its tenant: see client.secret.ts. */
  _id: string;
  tenantId: string;
  name: string;
  /** roleIds */
  roles: string[];
  isActive: boolean;
  /** SHA-256 of the secret in hex. Queries return it only if they select it by name. */
  secretHash?: string;
  /** When the secret was created. */
  secretAt: Date;
  /** When the client last got a token. */
  lastUsedAt?: Date;
  /** Incremented when roles or status change. The rights of a session are valid for one such version. */
  accessVersion: number;
  /** Incremented when this client changes the rights of others. A change of its own rights at the same moment then conflicts. */
  acts?: number;
  createdAt: Date;
}

export function createClientModel(connection: Connection, prefix = ''): Model<Client> {
  const schema = new Schema<Client>({
    _id: String,
    name: { type: String, required: true },
    roles: { type: [String], required: true },
    isActive: { type: Boolean, required: true },
    secretHash: { type: String, required: true, select: false },
    secretAt: { type: Date, required: true },
    lastUsedAt: Date,
    accessVersion: { type: Number, required: true },
    acts: Number,
    createdAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, roles: 1 });
  return connection.model<Client>('Client', schema, `${prefix}clients`);
}
