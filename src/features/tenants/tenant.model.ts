import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { isolations } from '../../platform/database/tenancy/tenant-locations.ts';
import type { Isolation } from '../../platform/database/tenancy/tenant-locations.ts';
import type { TenantLimits } from './tenant.types.ts';

/** How people may log in. */
export const loginMethods = ['password'] as const;
export type LoginMethod = (typeof loginMethods)[number];

/** What a tenant has otherwise than the platform; what is absent is as the server's settings say. */
export interface TenantSettings {
  /** roleId of what a user is given when the address is verified; by default `user`. */
  defaultRole?: string;
  /** How long a login lasts, in hours. */
  sessionHours?: number;
  /** After how many hours without a request a session has ended. */
  idleHours?: number;
  loginMethods?: readonly LoginMethod[];
  /** Fewest characters of a new password. */
  passwordMinimum?: number;
  /** How much it may have and ask for. */
  limits?: TenantLimits;
}

/** An organization: the owner of users, roles, sessions and audit records. */
export interface Tenant {
  _id: string;
  /** As in `?tenant=` and as a subdomain. */
  name: string;
  /** Of its own, such as `acme.example`: a host under which people reach it, and what stands behind the @ of their addresses. */
  domain?: string;
  /** deleted: what it owned is being removed, and then the tenant itself. */
  status: 'active' | 'suspended' | 'deleted';
  settings?: TenantSettings;
  /** Where its roles, groups, memberships, sessions and audit records are: among those of others, or in a database of its own. */
  isolation?: Isolation;
  /** Where it is being moved to; as long it is kept nowhere. */
  movingTo?: Isolation;
  /** Where it was kept before, until that is removed. */
  leftIn?: Isolation;
  /** Digest of the declared roles that were seeded into it last. */
  seededWith?: string;
  /** Raised by every change of what roles give. A session's rights are good for one such version. */
  policyVersion: number;
  /** Raised by every creation of a thing with a quota, so that two at the same time conflict. */
  created?: number;
  /** Raised by every edit; an edit of an older version is refused. */
  version: number;
  createdAt?: Date;
}

export function createTenantModel(connection: Connection, prefix = ''): Model<Tenant> {
  const settings = new Schema<TenantSettings>({
    defaultRole: String, sessionHours: Number, idleHours: Number, passwordMinimum: Number,
    loginMethods: { type: [{ type: String, enum: loginMethods }], default: undefined },
    limits: new Schema<TenantLimits>({
      users: Number, roles: Number, groups: Number, clients: Number, checksPerSecond: Number,
    }, { _id: false, strict: 'throw' }),
  }, { _id: false, strict: 'throw' });
  const schema = new Schema<Tenant>({
    _id: String,
    name: { type: String, required: true },
    domain: String,
    status: { type: String, enum: ['active', 'suspended', 'deleted'], required: true },
    settings,
    isolation: { type: String, enum: isolations },
    movingTo: { type: String, enum: isolations },
    leftIn: { type: String, enum: isolations },
    seededWith: String,
    policyVersion: { type: Number, required: true },
    created: Number,
    version: { type: Number, required: true },
    createdAt: Date,
  }, { strict: 'throw', versionKey: false });
  schema.index({ name: 1 }, { unique: true });
  schema.index({ domain: 1 }, { unique: true, partialFilterExpression: { domain: { $type: 'string' } } });
  return connection.model<Tenant>('Tenant', schema, `${prefix}tenants`);
}
