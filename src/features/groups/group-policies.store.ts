import type { Model } from 'mongoose';
import { comparing } from '../../platform/database/policy.schema.ts';
import type { PolicySearch } from '../policies/policies.types.ts';
import type { Group } from './group.model.ts';

/** Creates the search through the policies of groups. */
export function createGroupPolicySearch(model: Model<Group>): PolicySearch {
  return {
    async inSharedDatabase(path, most) {
      // The model refuses a query about all tenants; its collection does not.
      const rows = await model.collection.find(comparing(path), { projection: { tenantId: 1 }, limit: most }).toArray();
      const named = rows as unknown as Pick<Group, '_id' | 'tenantId'>[]; // as the schema says
      return named.map(({ _id, tenantId }) => ({ tenantId, id: _id }));
    },
    ofTenant: async (tenantId, path, most) => (
      (await model.find({ tenantId, ...comparing(path) }, { _id: 1 }).limit(most).lean()).map(({ _id }) => _id)),
  };
}
