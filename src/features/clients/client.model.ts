import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** A service that calls without a user: it proves itself with a secret, and holds what its roles give. */
export interface Client {
  /** Names its tenant: see client.secret.ts. */
  _id: string;
  tenantId: string;
  name: string;
  /** roleIds */
  roles: string[];
  isActive: boolean;
  /** SHA-256 of the secret in hex. Never selected unless asked for by name. */
  secretHash?: string;
  secretAt: Date;
  /** When it was last given a token. */
  lastUsedAt?: Date;
  /** Raised whenever roles or status change. A session's rights are good for one such version. */
  accessVersion: number;
  /** Raised by each change of others' rights that it makes, so that a change of its own at the same moment conflicts. */
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
