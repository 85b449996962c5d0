import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { Role } from '../role.model.ts';
import type { RoleRef } from '../role.types.ts';

/** The fields of a locked role that are checked before it is assigned. */
export type LockedRole = Pick<Role, 'roleId' | 'type' | 'inherits'>;

/**
 * The queries that lock roles.
 *
 * Each query writes to the roles. An assignment and a delete of a role at the same moment conflict.
 */
export interface RoleLockStore {
  /** Locks a role and returns its roleId; null if there is no such role. */
  lock(tx: ChangeTransaction, ref: RoleRef): Promise<string | null>;
  /** Locks all of these roles and returns those that exist. */
  lockAll(tx: ChangeTransaction, roleIds: readonly string[]): Promise<LockedRole[]>;
  /** Locks the roles of new users, except one, and returns their roleIds in order. */
  lockDefaults(tx: ChangeTransaction, except: string): Promise<string[]>;
}

/** Creates the store of role locks. */
export function createRoleLockStore(model: Model<Role>): RoleLockStore {
  return {
    async lock({ session, actor: { tenantId } }, ref) {
      const named = ref.roleId === undefined ? { type: ref.type } : { roleId: ref.roleId };
      const role = await model.findOneAndUpdate({ tenantId, ...named }, { $inc: { lockCount: 1 } }, { session }).lean();
      return role && role.roleId;
    },

    async lockAll({ session, actor: { tenantId } }, roleIds) {
      const named = { tenantId, roleId: { $in: [...roleIds] } };
      await model.updateMany(named, { $inc: { lockCount: 1 } }, { session });
      return model.find(named, { roleId: 1, type: 1, inherits: 1 }, { session }).lean();
    },

    async lockDefaults({ session, actor: { tenantId } }, except) {
      const roles = await model.find({ tenantId, isDefault: true, roleId: { $ne: except } }, { roleId: 1 }, { session })
        .sort({ roleId: 1 }).lean();
      const roleIds = roles.map(({ roleId }) => roleId);
      if (roleIds.length > 0) await model.updateMany({ tenantId, roleId: { $in: roleIds } }, { $inc: { lockCount: 1 } }, { session });
      return roleIds;
    },
  };
}
