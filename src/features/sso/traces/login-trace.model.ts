import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { LoginStep } from '../providers/provider-ports.types.ts';

/** The steps of one login through a provider, for the admins of the tenant. It holds no secret: see clean-steps.ts. */
export interface LoginTrace {
  /** The reference, which the person sees. */
  _id: string;
  tenantId: string;
  providerId: string;
  at: Date;
  /** The time and the reference, by which lists are sorted. */
  order: string;
  result: 'passed' | 'failed';
  /** The error code of a failed login. */
  code?: string;
  steps: LoginStep[];
  /** The code checks it too: the database deletes expired traces only about once a minute. */
  expiresAt: Date;
}

/** The schema of a step, in traces and tests. */
export function createStepSchema() {
  return new Schema<LoginStep>({
    step: { type: String, required: true }, ok: { type: Boolean, required: true }, expected: String, received: String, milliseconds: Number,
    repair: String,
  }, { _id: false, strict: 'throw' });
}

/** The collection `loginTraces`. */
export function createLoginTraceModel(connection: Connection, prefix = ''): Model<LoginTrace> {
  const schema = new Schema<LoginTrace>({
    _id: String,
    providerId: { type: String, required: true },
    at: { type: Date, required: true },
    order: { type: String, required: true },
    result: { type: String, enum: ['passed', 'failed'], required: true },
    code: String,
    steps: { type: [createStepSchema()], required: true },
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, providerId: 1, order: 1 });
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  return connection.model<LoginTrace>('LoginTrace', schema, `${prefix}loginTraces`);
}
