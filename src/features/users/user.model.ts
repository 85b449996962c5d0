import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { RoleTimes } from '../../engine/grants/role-times.ts';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';
import type { StoredPassword } from '../../platform/passwords/stored-password.ts';

export interface User {
  _id: string;
  tenantId: string;
  /** As the user wrote it. Absent only for the superadmin before the set-up. */
  email?: string;
  /** The form in which addresses are compared: letter case makes no difference. */
  emailKey?: string;
  /** Whether somebody who knows the password has proved that they read the mail of `email`. Absent means no. */
  emailVerified?: boolean;
  /** Whether the user got the role for a verified address. That happens once. */
  verifiedRoleGiven?: boolean;
  /** The id of a user in the host's own service. Such a user never gets a password here. */
  externalId?: string;
  username?: string;
  firstName?: string;
  lastName?: string;
  /** The language of mails: a tag of BCP 47. */
  language?: string;
  /** roleIds */
  roles: string[];
  /** The times of roles that do not always apply. */
  roleTimes?: RoleTimes[];
  /** groupIds */
  groups?: string[];
  isActive: boolean;
  /** Queries return it only if they select it by name. */
  password?: StoredPassword;
  /** Whether an identity of a provider is linked to the user. Absent means no. */
  hasIdentities?: boolean;
  /** What a provider asserted: `subject.department` and `subject.attributes.NAME` of conditions. */
  department?: string;
  attributes?: AssertedAttributes;
  /** The provider that asserted `department` and `attributes`. */
  assertedBy?: string;
  /** Who disabled the user: `admin`, or a providerId. */
  disabledBy?: string;
  lastLoginAt?: Date;
  /** The folded words of address and names, by which lists are searched. Queries return them only if they select them by name. */
  searchWords?: string[];
  /** Queries return it only if they select it by name. */
  knownSources?: KnownSource[];
  /** Incremented when roles or status change. The rights of a session are valid for one such version. */
  accessVersion: number;
  /** Incremented by every edit. An edit of an older version is refused. */
  version: number;
  /** Incremented when this user changes the rights of others. A change of this user's own rights at the same moment then conflicts. */
  acts?: number;
  createdAt: Date;
}

/** Values by the names that the attribute mapping of a provider declares. A list of one value is stored as that value. */
export type AssertedAttributes = Readonly<Record<string, AssertedValue>>;
type AssertedScalar = string | number | boolean;
export type AssertedValue = AssertedScalar | readonly AssertedScalar[];

/** A place from which a user has logged in. */
export interface KnownSource {
  /** A digest of tenant, user and network address. It does not show where a user was, nor which users were at the same place. */
  source: string;
  lastAt: Date;
}

/** The index by which lists are searched. */
export const wordIndex = { tenantId: 1, searchWords: 1, _id: 1 } as const;

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
    language: String,
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
    hasIdentities: Boolean,
    department: String,
    attributes: { type: Schema.Types.Mixed },
    assertedBy: String,
    disabledBy: String,
    lastLoginAt: Date,
    searchWords: { type: [String], select: false, default: undefined },
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
  // For look-ups: one of the databases that we support does not use a partial index for them.
  schema.index({ emailKey: 1, tenantId: 1 });
  schema.index({ tenantId: 1, externalId: 1 }, { unique: true, partialFilterExpression: { externalId: { $type: 'string' } } });
  schema.index({ externalId: 1, tenantId: 1 });
  schema.index({ tenantId: 1, roles: 1 });
  schema.index({ tenantId: 1, groups: 1 });
  schema.index({ tenantId: 1, hasIdentities: 1 });
  schema.index(wordIndex);
  // The orders of lists: those of user-order.ts.
  schema.index({ tenantId: 1, emailKey: 1, _id: 1 });
  schema.index({ tenantId: 1, lastLoginAt: 1, _id: 1 });
  return connection.model<User>('User', schema, `${prefix}users`);
}

/** What others easily guess about a user: names and address. A password must not consist of them. */
export function namesOf({ email, username, firstName, lastName }: Partial<User>): string[] {
  return [email, username, firstName, lastName].filter((name) => name !== undefined);
}
