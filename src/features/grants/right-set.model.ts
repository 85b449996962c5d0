import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { Policy } from '../../engine/policies/policy.ts';
import type { Right } from '../../engine/grants/right.ts';
import { policySchema } from '../../platform/database/policy.schema.ts';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** The grants of one combination of roles. All sessions with the same grants share it. */
export interface RightSet {
  /** A digest of tenant and content: one id never has two contents, even after a backup is restored. */
  _id: string;
  tenantId: string;
  roles: { roleId: string; type: string; name: string }[];
  /** The types of all roles that count everywhere and of the roles that they inherit, sorted. */
  roleTypes: string[];
  /** The resources of all memberships, sorted. */
  memberships: string[];
  /** Empty for a superadmin, whose rights are all URLs of the running node. */
  rights: Right[];
  permissions: string[];
  /** The policies of roles, and the policies that permissions stand for. */
  policies: Policy[];
  isSuperadmin: boolean;
  /** When the last session that points to it ends; a new session may move it. */
  expiresAt: Date;
}

/**
 * The collection `rightSets`. No field is marked as required: its only write is an upsert, which Mongoose does not check.
 *
 * The database deletes expired right sets.
 */
export function createRightSetModel(connection: Connection, prefix = ''): Model<RightSet> {
  const schema = new Schema<RightSet>({
    _id: String,
    roles: { type: [new Schema({ roleId: String, type: { type: String }, name: String }, { _id: false })] },
    roleTypes: { type: [String] },
    memberships: { type: [String] },
    rights: { type: [new Schema<Right>({
      name: String, path: String, url: String, methods: { type: [String], default: undefined }, access: String,
    }, { _id: false })] },
    permissions: { type: [String] },
    policies: { type: [policySchema] },
    isSuperadmin: { type: Boolean },
    expiresAt: { type: Date },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  return connection.model<RightSet>('RightSet', schema, `${prefix}rightSets`);
}
