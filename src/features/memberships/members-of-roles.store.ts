import type { ClientSession, Model } from 'mongoose';
import type { Membership } from './membership.model.ts';

/** The ids of the users who have one of these roles on a resource. */
export type ReadMembersOfRoles = (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<string[]>;

/** Creates the query for the members of roles. */
export function createReadMembersOfRoles(model: Model<Membership>): ReadMembersOfRoles {
  return async (tenantId, roleIds, session) => (
    (await model.find({ tenantId, roleId: { $in: [...roleIds] } }, { userId: 1 }, { session }).lean()).map(({ userId }) => userId));
}
