import type { ClientSession, Model } from 'mongoose';
import type { Group } from './group.model.ts';

/** The ids of the groups that have one of these roles. */
export type ReadGroupsOfRoles = (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<string[]>;

/** Creates the query for all groups of a tenant. */
export function createReadEveryGroup(model: Model<Group>): (tenantId: string, session: ClientSession) => Promise<Group[]> {
  return (tenantId, session) => model.find({ tenantId }, null, { session }).lean();
}

/** Creates the query for the groups of roles. */
export function createReadGroupsOfRoles(model: Model<Group>): ReadGroupsOfRoles {
  return async (tenantId, roleIds, session) => (
    (await model.find({ tenantId, roles: { $in: [...roleIds] } }, { _id: 1 }, { session }).lean()).map(({ _id }) => _id));
}
