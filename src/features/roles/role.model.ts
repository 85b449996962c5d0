import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { Permission, Policy } from '../../engine/policies/policy.ts';
import type { Right } from '../../engine/grants/right.ts';
import { policySchema } from '../../platform/database/policy.schema.ts';
import { tenantScope } from '../../platform/database/tenancy/tenant-scope.ts';

/** A stored role: a named set of rights. Inherited rights are not stored but computed. */
export interface Role {
  _id: string;
  tenantId: string;
  roleId: string;
  type: string;
  name: string;
  description: string;
  rights: Right[];
  permissions: Permission[];
  policies: Policy[];
  inherits: string[];
  isSystemRole: boolean;
  isDefault: boolean;
  /** Incremented by every edit. An edit of an older version is refused. */
  version: number;
  /** Incremented by every assignment. A delete of the role at the same moment then conflicts. */
  lockCount: number;
  /** The declared rights that this built-in role got once. They are never added again, so a removed right stays removed. */
  seeded: string[];
}

/** How many rights one role may store. */
export const maxRights = 10_000;

const rightSchema = new Schema<Right>({
  name: { type: String, default: '' },
  path: { type: String, required: true },
  url: { type: String, required: true },
  methods: { type: [String], default: undefined },
  access: { type: String, enum: ['simple', 'auth', 'config'], required: true },
}, { _id: false, strict: 'throw' });

export function createRoleModel(connection: Connection, prefix = ''): Model<Role> {
  const schema = new Schema<Role>({
    _id: String,
    roleId: { type: String, required: true },
    type: { type: String, required: true },
    name: { type: String, required: true },
    description: { type: String, default: '' },
    rights: { type: [rightSchema], default: [] },
    permissions: { type: [String], default: [] },
    policies: { type: [policySchema], default: [] },
    inherits: { type: [String], default: [] },
    isSystemRole: { type: Boolean, required: true },
    isDefault: { type: Boolean, required: true },
    version: { type: Number, required: true },
    lockCount: { type: Number, required: true },
    seeded: { type: [String], default: [] },
  }, { strict: 'throw', versionKey: false });
  schema.plugin(tenantScope);
  schema.index({ tenantId: 1, roleId: 1 }, { unique: true });
  schema.index({ tenantId: 1, type: 1 }, { unique: true });
  return connection.model<Role>('Role', schema, `${prefix}roles`);
}
