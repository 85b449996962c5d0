import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../../platform/database/tenancy/tenant-scope.ts';

/** The session that a token of a provider opened. It stays when the session ends, so that the token does not open another one. */
export interface TokenSession {
  /** The digest of the token and of its use. */
  _id: string;
  tenantId: string;
  providerId: string;
  sessionId: string;
  /** A little after the end of the token. The code checks it too. */
  expiresAt: Date;
}

/** The collection `tokenSessions`. Its unique id makes one session of two first uses at once. */
export function createTokenSessionModel(connection: Connection, prefix = ''): Model<TokenSession> {
  const schema = new Schema<TokenSession>({
    _id: String,
    providerId: { type: String, required: true },
    sessionId: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  return connection.model<TokenSession>('TokenSession', schema, `${prefix}tokenSessions`);
}
