import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { ProvenLogin } from './login-ports.types.ts';

/** A code that an app exchanges for a session. It works once, for a minute, with the verifier of the app. */
export interface LoginCode {
  /** SHA-256 of the code. */
  readonly _id: string;
  readonly tenantId: string;
  readonly userId: string;
  /** S256 (RFC 7636) */
  readonly codeChallenge: string;
  readonly proof: ProvenLogin;
  /** The code checks it too: the database deletes expired rows only about once a minute. */
  readonly expiresAt: Date;
}

/** The collection `loginCodes`. */
export function createLoginCodeModel(connection: Connection, prefix = ''): Model<LoginCode> {
  const text = { type: String, required: true };
  const proof = new Schema<ProvenLogin>({
    amr: { type: [String], required: true }, level: { type: Number, enum: [1, 2], required: true }, at: { type: Date, required: true },
    providerId: text, identityId: text, external: String,
  }, { _id: false, strict: 'throw' });
  const schema = new Schema<LoginCode>({
    _id: text, userId: text, codeChallenge: text, proof: { type: proof, required: true }, expiresAt: { type: Date, required: true },
  }, { strict: 'throw', strictQuery: 'throw', autoIndex: false, versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  schema.index({ tenantId: 1, userId: 1 });
  return connection.model<LoginCode>('LoginCode', schema, `${prefix}loginCodes`);
}
