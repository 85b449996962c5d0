import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { Role } from './role.model.ts';

/** Gives roles that were stored before there were permissions and policies what they lack; answers how many. */
export type UpgradeRoles = (tx: ChangeTransaction) => Promise<number>;

export function createUpgradeRoles(model: Model<Role>): UpgradeRoles {
  return async ({ session, actor: { tenantId } }) => {
    const { modifiedCount } = await model.updateMany({ tenantId, policies: { $exists: false } }, { $set: { permissions: [], policies: [] } }, { session });
    return modifiedCount;
  };
}
