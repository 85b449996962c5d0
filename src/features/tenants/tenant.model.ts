import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { isolations } from '../../platform/database/tenancy/tenant-locations.ts';
import type { Isolation } from '../../platform/database/tenancy/tenant-locations.ts';
import type { BrandSettings } from '../branding/brand.types.ts';
import type { TenantLimits } from './tenant.types.ts';

/** The ways in which users may log in. */
export const loginMethods = ['password', 'sso'] as const;
export type LoginMethod = (typeof loginMethods)[number];

/** Settings of a tenant that replace settings of the server. The server's value holds for each that is absent. */
export interface TenantSettings extends BrandSettings {
  /** roleId of the role that a user gets when the address is verified; by default `user`. */
  defaultRole?: string;
  /** Lifetime of a session, in hours. */
  sessionHours?: number;
  /** A session ends after this many hours without a request. */
  idleHours?: number;
  loginMethods?: readonly LoginMethod[];
  /** Minimum length of a new password, in characters. */
  passwordMinimum?: number;
  /** Its quotas and its rate limit. */
  limits?: TenantLimits;
}

/** An organization, which owns users, roles, sessions and audit records. */
export interface Tenant {
  _id: string;
  /** Its name in `?tenant=` and as a subdomain. */
  name: string;
  /** Its own domain, such as `acme.example`: users reach the tenant under this host, and their addresses end in it. */
  domain?: string;
  /** deleted: its data is being removed, and after that the tenant itself. */
  status: 'active' | 'suspended' | 'deleted';
  settings?: TenantSettings;
  /** Whether its roles, groups, memberships, sessions and audit records are in the shared database or in a database of its own. */
  isolation?: Isolation;
  /** Where it is being moved to. During a move, requests find its data in neither place. */
  movingTo?: Isolation;
  /** Its place before the move, until the rows there are removed. */
  leftIn?: Isolation;
  /** Digest of the declared roles that were last seeded into it. */
  seededWith?: string;
  /** Raised by every change of what roles grant. The right set of a session is valid for one policy version. */
  policyVersion: number;
  /** Raised when something with a quota is created, so that two creations at the same time conflict. */
  created?: number;
  /** Raised by every edit; an edit of an older version is refused. */
  version: number;
  createdAt?: Date;
}

interface MethodSettings {
  readonly loginMethods?: readonly string[] | undefined;
}

/** Whether these settings of a tenant allow a way to log in. Settings that name none allow all. */
export function allowsLogin(settings: MethodSettings | undefined, method: LoginMethod): boolean {
  return settings?.loginMethods?.includes(method) !== false;
}

/** Whether a tenant is active and allows a way to log in. An unknown tenant is not. */
export function takesLogins(tenant: Pick<Tenant, 'status' | 'settings'> | null | undefined, method: LoginMethod): boolean {
  return tenant?.status === 'active' && allowsLogin(tenant.settings, method);
}

export function createTenantModel(connection: Connection, prefix = ''): Model<Tenant> {
  const settings = new Schema<TenantSettings>({
    defaultRole: String, sessionHours: Number, idleHours: Number, passwordMinimum: Number,
    loginMethods: { type: [{ type: String, enum: loginMethods }], default: undefined },
    returnUrls: { type: [String], default: undefined },
    branding: new Schema<NonNullable<BrandSettings['branding']>>(
      { name: String, accent: String, logo: String }, { _id: false, strict: 'throw' },
    ),
    limits: new Schema<TenantLimits>({
      users: Number, roles: Number, groups: Number, clients: Number, providers: Number, checksPerSecond: Number,
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
