import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { Role } from './role.model.ts';
import type { RoleRef } from './role.service.ts';

/** Locks a role for an assignment and answers its roleId. Throws `role-not-found`. */
export type LockRole = (tx: ChangeTransaction, ref: RoleRef) => Promise<string>;

/**
 * Makes the function with which an assignment locks its role.
 *
 * It writes to the role, so that an assignment and the deletion of the role cannot both commit at once.
 */
export function createLockRole(model: Model<Role>): LockRole {
  return async ({ session, actor }, ref) => {
    const named = ref.roleId === undefined ? { type: ref.type } : { roleId: ref.roleId };
    const role = await model.findOneAndUpdate({ tenantId: actor.tenantId, ...named }, { $inc: { lockCount: 1 } }, { session }).lean();
    if (!role) throw new AppError('role-not-found');
    return role.roleId;
  };
}

/** Answers the roleIds of what new users are given, and locks them like an assignment does. */
export type LockDefaultRoles = (tx: ChangeTransaction) => Promise<string[]>;

export function createLockDefaultRoles(model: Model<Role>, always: string): LockDefaultRoles {
  return async ({ session, actor: { tenantId } }) => {
    const roles = await model.find({ tenantId, isDefault: true, roleId: { $ne: always } }, { roleId: 1 }, { session }).sort({ roleId: 1 }).lean();
    const roleIds = roles.map(({ roleId }) => roleId);
    if (roleIds.length > 0) await model.updateMany({ tenantId, roleId: { $in: roleIds } }, { $inc: { lockCount: 1 } }, { session });
    return [always, ...roleIds];
  };
}
