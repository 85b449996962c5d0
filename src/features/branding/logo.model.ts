import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { Logo } from './logo.ts';

/** The logo of a tenant. Everybody may see it, so it is found by its digest in all tenants. */
export interface LogoRecord extends Logo {
  /** The tenant: each has one logo. */
  readonly _id: string;
  readonly tenantId: string;
}

/** The collection `logos`. They are not in the tenants, because those are read with each request. */
export function createLogoModel(connection: Connection, prefix = ''): Model<LogoRecord> {
  const schema = new Schema<LogoRecord>({
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    digest: { type: String, required: true },
    contentType: { type: String, required: true },
    bytes: { type: Buffer, required: true },
  }, { strict: 'throw', strictQuery: 'throw', autoIndex: false, versionKey: false });
  schema.index({ digest: 1 });
  return connection.model<LogoRecord>('Logo', schema, `${prefix}logos`);
}
