import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { LoginStep } from '../providers/provider-ports.types.ts';
import { createStepSchema } from '../traces/login-trace.model.ts';

/** What a person of a test would become. */
export interface WouldBecome {
  readonly would: string;
  readonly userId?: string;
  readonly email?: string;
  readonly roles: readonly { readonly roleId: string; readonly because: string }[];
  /** The error code that the login would be refused with. */
  readonly code?: string;
}

/** A test of one revision of a provider. */
export interface ProviderTest {
  _id: string;
  tenantId: string;
  providerId: string;
  revision: number;
  /** pending: the login of the test is still to be made. */
  result: 'pending' | 'passed' | 'failed';
  steps: LoginStep[];
  /** The claims of the person as JSON text, because their names may have dots. */
  claims?: string;
  would?: WouldBecome;
  at: Date;
  /** The code checks it too. */
  expiresAt: Date;
}

/** The collection `providerTests`. */
export function createProviderTestModel(connection: Connection, prefix = ''): Model<ProviderTest> {
  const inside = { _id: false, strict: 'throw' } as const;
  const would = new Schema<WouldBecome>({
    would: { type: String, required: true }, userId: String, email: String, code: String,
    roles: { type: [new Schema({ roleId: String, because: String }, inside)], required: true },
  }, inside);
  const schema = new Schema<ProviderTest>({
    _id: String,
    providerId: { type: String, required: true },
    revision: { type: Number, required: true },
    result: { type: String, enum: ['pending', 'passed', 'failed'], required: true },
    steps: { type: [createStepSchema()], required: true },
    claims: String,
    would: { type: would, default: undefined },
    at: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, providerId: 1 });
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  return connection.model<ProviderTest>('ProviderTest', schema, `${prefix}providerTests`);
}
