import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { User } from '../user.model.ts';

/** The userIds of active users of the transaction's tenant who were given one of these roles, at most `most` of them. */
export type ReadActiveHolders = (tx: ChangeTransaction, roleIds: readonly string[], most: number) => Promise<string[]>;

/** Creates the query for the active users with some roles. */
export function createReadActiveHolders(model: Model<User>): ReadActiveHolders {
  return async ({ session, actor: { tenantId } }, roleIds, most) => {
    const users = await model.find({ tenantId, roles: { $in: [...roleIds] }, isActive: true }, { _id: 1 }, { session }).limit(most).lean();
    return users.map(({ _id }) => _id);
  };
}
