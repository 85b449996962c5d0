import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { Role } from './role.model.ts';
import type { RoleRef } from './role.service.ts';

/** Names a role for an assignment and answers its roleId. Throws `role-not-found`. */
export type ClaimRole = (tx: ChangeTransaction, ref: RoleRef) => Promise<string>;

/**
 * Makes the function with which an assignment claims its role.
 *
 * It writes to the role, so that an assignment and the deletion of the role cannot both commit at once.
 */
export function createClaimRole(model: Model<Role>): ClaimRole {
  return async ({ session, actor }, ref) => {
    const named = ref.roleId === undefined ? { type: ref.type } : { roleId: ref.roleId };
    const role = await model.findOneAndUpdate({ tenantId: actor.tenantId, ...named }, { $inc: { assignments: 1 } }, { session }).lean();
    if (!role) throw new AppError('role-not-found');
    return role.roleId;
  };
}

/** Answers the roleIds of what new users are given, and claims them like an assignment does. */
export type ClaimDefaultRoles = (tx: ChangeTransaction) => Promise<string[]>;

export function createClaimDefaultRoles(model: Model<Role>, always: string): ClaimDefaultRoles {
  return async ({ session, actor: { tenantId } }) => {
    const roles = await model.find({ tenantId, isDefault: true, roleId: { $ne: always } }, { roleId: 1 }, { session }).sort({ roleId: 1 }).lean();
    const roleIds = roles.map(({ roleId }) => roleId);
    if (roleIds.length > 0) await model.updateMany({ tenantId, roleId: { $in: roleIds } }, { $inc: { assignments: 1 } }, { session });
    return [always, ...roleIds];
  };
}
