import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../../../platform/database/tenancy/tenant-scope.ts';
import type { AssertedProof } from '../../oidc/claims/login-proof.ts';
import type { LoginKind } from '../transactions/login-transaction.model.ts';

/** A code that an app redeems after a login. It works once, for a minute, with the verifier of the app. */
export interface LoginCode {
  /** SHA-256 of the code. */
  readonly _id: string;
  readonly tenantId: string;
  /** What the code is good for: a session, the link of an identity, or the proof of an identity in a session. */
  readonly kind: Exclude<LoginKind, 'test'>;
  /** The user who logged in, or who began to link or to confirm. */
  readonly userId: string;
  /** S256 (RFC 7636) */
  readonly codeChallenge: string;
  readonly providerId: string;
  /** Of the provider. The code is worth nothing after a change of the provider's trust. */
  readonly revision: number;
  /** Absent for `link`, whose identity is not linked yet. */
  readonly identityId?: string;
  readonly proof: AssertedProof;
  /** For `link`: the person, as JSON. */
  readonly person?: string;
  /** The code checks it too: the database deletes expired rows only about once a minute. */
  readonly expiresAt: Date;
}

/** The collection `loginCodes`. */
export function createLoginCodeModel(connection: Connection, prefix = ''): Model<LoginCode> {
  const text = { type: String, required: true };
  const proof = new Schema<AssertedProof>({
    amr: { type: [String], required: true }, level: { type: Number, enum: [1, 2], required: true }, at: { type: Date, required: true },
    external: String,
  }, { _id: false, strict: 'throw' });
  const schema = new Schema<LoginCode>({
    _id: text, kind: { ...text, enum: ['login', 'link', 'confirm'] }, userId: text, codeChallenge: text, providerId: text,
    revision: { type: Number, required: true }, identityId: String, proof: { type: proof, required: true }, person: String,
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', strictQuery: 'throw', autoIndex: false, versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  schema.index({ tenantId: 1, userId: 1 });
  return connection.model<LoginCode>('LoginCode', schema, `${prefix}loginCodes`);
}
