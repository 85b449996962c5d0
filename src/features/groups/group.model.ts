import { Schema } from 'mongoose';
import type { ClientSession, Connection, Model } from 'mongoose';
import type { Policy } from '../../engine/policies/policy.ts';
import { policySchema } from '../../platform/database/policy.schema.ts';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** A privilege group: a named set of roles and policies. Each user document lists the groups of the user. */
export interface Group {
  _id: string;
  tenantId: string;
  groupName: string;
  /** roleIds */
  roles: string[];
  policies: Policy[];
  /** Incremented by every edit. An edit of an older version is refused. */
  version: number;
  /** Incremented when a user is added. A delete of the group at the same moment then conflicts. */
  lockCount: number;
}

export function createGroupModel(connection: Connection, prefix = ''): Model<Group> {
  const schema = new Schema<Group>({
    _id: String,
    groupName: { type: String, required: true },
    roles: { type: [String], required: true },
    policies: { type: [policySchema], required: true },
    version: { type: Number, required: true },
    lockCount: { type: Number, required: true },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, groupName: 1 }, { unique: true });
  schema.index({ tenantId: 1, roles: 1 });
  return connection.model<Group>('Group', schema, `${prefix}groups`);
}

/** Creates the function that reads groups by id. Unknown ids are left out. */
export function createReadGroups(model: Model<Group>) {
  return (tenantId: string, groupIds: readonly string[], session?: ClientSession): Promise<Group[]> =>
    model.find({ tenantId, _id: { $in: [...groupIds] } }, null, { session: session ?? null }).lean();
}
