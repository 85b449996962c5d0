import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { StoredResource } from './scim-resource.model.ts';
import type { ProviderScope } from './scim-resource.store.ts';

/** The queries about who is in which group. */
export interface ScimMemberStore {
  /** The names of the groups of these users, sorted, by the id of the user. Every user has an entry. */
  groupNamesOf(scope: ProviderScope, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Takes a user who is being deleted out of all groups of the provider. */
  removeUser(tx: ChangeTransaction, providerId: string, userId: string, changedAt: Date): Promise<void>;
}

/** Creates the store of the members of groups. */
export function createScimMemberStore(model: Model<StoredResource>): ScimMemberStore {
  return {
    async groupNamesOf({ session, ...scope }, userIds) {
      const names = new Map<string, string[]>(userIds.map((id) => [id, []]));
      const [only, ...others] = userIds;
      if (only === undefined) return names;
      // The members of large groups are read only if several users are asked about.
      const fields = { 'values.displayName': 1, ...(others.length > 0 && { 'keys.members': 1 }) };
      const query = { ...scope, 'keys.members.value': { $in: [...userIds] } };
      const groups = model.find(query, fields, { session: session ?? null }).lean<ReadGroup[]>();
      for await (const { values: { displayName }, keys } of groups.cursor()) {
        const members = others.length > 0 ? membersOfKeys(keys) : [only];
        if (typeof displayName !== 'string') throw new Error('A stored group has no name.');
        for (const id of members) names.get(id)?.push(displayName);
      }
      for (const each of names.values()) each.sort();
      return names;
    },
    async removeUser({ session, actor: { tenantId } }, providerId, userId, changedAt) {
      const scope = { tenantId, providerId, 'keys.members.value': userId };
      await model.updateMany(scope, {
        $pull: { 'keys.members': { value: userId } }, $set: { changedAt, 'keys.meta.lastModified': changedAt },
      }, { session });
      // An empty list is stored as no list: a filter asks whether there is one.
      await model.updateMany({ tenantId, providerId, 'keys.members': { $size: 0 } }, { $unset: { 'keys.members': 1 } }, { session });
    },
  };
}

/** The fields that a query of names reads. The keys are read for several users alone. */
type ReadGroup = Pick<StoredResource, 'values'> & Partial<Pick<StoredResource, 'keys'>>;

function membersOfKeys({ members }: StoredResource['keys'] = {}): string[] {
  return Array.isArray(members) ? members.map((each: Readonly<Record<string, unknown>>) => String(each['value'])) : [];
}
