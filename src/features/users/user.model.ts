import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { RoleTimes } from '../../engine/grants/role-times.ts';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';
import type { StoredPassword } from '../../platform/passwords/stored-password.ts';

export interface User {
  _id: string;
  tenantId: string;
  /** As written; absent only for the superadmin who has not set up yet. */
  email?: string;
  /** As compared: letter case does not make two addresses. */
  emailKey?: string;
  /** Whether somebody who knows the password has shown that they read mail at `email`; absent means no. */
  emailVerified?: boolean;
  /** Whether the role of verified addresses was given already, which happens once. */
  verifiedRoleGiven?: boolean;
  /** Of somebody whom the host's own service knows: their id there. They never get a password here. */
  externalId?: string;
  username?: string;
  firstName?: string;
  lastName?: string;
  /** roleIds */
  roles: string[];
  /** Of those roles that do not always count. */
  roleTimes?: RoleTimes[];
  /** groupIds */
  groups?: string[];
  isActive: boolean;
  /** Never selected unless asked for by name. */
  password?: StoredPassword;
  lastLoginAt?: Date;
  /** Never selected unless asked for by name. */
  knownSources?: KnownSource[];
  /** Raised whenever roles or status change. A session's rights are good for one such version. */
  accessVersion: number;
  /** Raised by every edit; an edit of an older version is refused. */
  version: number;
  /** Raised by each change of others' rights that they make, so that a change of their own at the same moment conflicts. */
  acts?: number;
  createdAt: Date;
}

/** Where a user has logged in from. */
export interface KnownSource {
  /** A digest of tenant, user and network address: it tells nobody where somebody was, nor who were at one place. */
  source: string;
  lastAt: Date;
}

export function createUserModel(connection: Connection, prefix = ''): Model<User> {
  const schema = new Schema<User>({
    _id: String,
    email: String,
    emailKey: String,
    emailVerified: { type: Boolean, default: false },
    verifiedRoleGiven: Boolean,
    externalId: String,
    username: String,
    firstName: String,
    lastName: String,
    roles: { type: [String], required: true },
    roleTimes: {
      type: [new Schema<RoleTimes>({ roleId: String, validFrom: Date, validUntil: Date }, { _id: false, strict: 'throw' })],
      default: undefined,
    },
    groups: { type: [String], default: undefined },
    isActive: { type: Boolean, required: true },
    password: { type: new Schema<StoredPassword>({
      hash: String, pepperId: String, renewedFrom: String,
    }, { _id: false, strict: 'throw' }), select: false },
    lastLoginAt: Date,
    knownSources: {
      type: [new Schema<KnownSource>({ source: String, lastAt: Date }, { _id: false, strict: 'throw' })], select: false, default: undefined,
    },
    accessVersion: { type: Number, required: true },
    version: { type: Number, required: true },
    acts: Number,
    createdAt: { type: Date, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, emailKey: 1 }, { unique: true, partialFilterExpression: { emailKey: { $type: 'string' } } });
  // For look-ups: whether a database uses a partial index for one is its own affair, and one of those that we run on does not.
  schema.index({ emailKey: 1, tenantId: 1 });
  schema.index({ tenantId: 1, externalId: 1 }, { unique: true, partialFilterExpression: { externalId: { $type: 'string' } } });
  schema.index({ externalId: 1, tenantId: 1 });
  schema.index({ tenantId: 1, roles: 1 });
  schema.index({ tenantId: 1, groups: 1 });
  return connection.model<User>('User', schema, `${prefix}users`);
}

/** What people easily guess about a user: names and address, as written. No password may be made of them. */
export function namesOf({ email, username, firstName, lastName }: Partial<User>): string[] {
  return [email, username, firstName, lastName].filter((name) => name !== undefined);
}
