import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

export const domainStatuses = ['pending', 'verified', 'lost'] as const;

/**
 * The claim of a tenant to a domain. Several tenants may claim one domain, but only one may have verified it: transactions that
 * verify one check this under the lock of tenants.
 */
export interface DomainClaim {
  _id: string;
  tenantId: string;
  /** In the form in which domains are compared. */
  domain: string;
  /** Part of the TXT record that proves the domain. Everybody can read it there. */
  token: string;
  /** `lost`: the record was gone for too long, so the domain proves nothing any more. */
  status: (typeof domainStatuses)[number];
  /** Whether a superadmin of the platform vouched for the domain. Its record is not looked up. */
  withoutProof?: boolean;
  verifiedAt?: Date;
  /** When all DNS servers had the record last. */
  checkedAt?: Date;
  /** Since when the record is gone. */
  missingSince?: Date;
  /** When the record is looked up again. While a node does so, the time from which another node may. */
  nextCheckAt?: Date;
  createdAt: Date;
}

export function createDomainModel(connection: Connection, prefix = ''): Model<DomainClaim> {
  const schema = new Schema<DomainClaim>({
    _id: String,
    domain: { type: String, required: true },
    token: { type: String, required: true },
    status: { type: String, required: true, enum: domainStatuses },
    withoutProof: Boolean,
    verifiedAt: Date,
    checkedAt: Date,
    missingSince: Date,
    nextCheckAt: Date,
    createdAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, domain: 1 }, { unique: true });
  schema.index({ domain: 1, status: 1 });
  schema.index({ nextCheckAt: 1 });
  return connection.model<DomainClaim>('Domain', schema, `${prefix}domains`);
}
