import type { Model } from 'mongoose';
import { comparing } from '../../platform/database/policy.schema.ts';
import type { PolicySearch } from '../policies/policies.types.ts';
import type { Role } from './role.model.ts';

/** Creates the search through the policies of roles. Its results are roleIds. */
export function createRolePolicySearch(model: Model<Role>): PolicySearch {
  return {
    async inSharedDatabase(path, most) {
      // The model refuses a query about all tenants; its collection does not.
      const rows = await model.collection.find(comparing(path), { projection: { tenantId: 1, roleId: 1 }, limit: most }).toArray();
      const named = rows as unknown as Pick<Role, 'tenantId' | 'roleId'>[]; // as the schema says
      return named.map(({ tenantId, roleId }) => ({ tenantId, id: roleId }));
    },
    ofTenant: async (tenantId, path, most) => (
      (await model.find({ tenantId, ...comparing(path) }, { roleId: 1 }).limit(most).lean()).map(({ roleId }) => roleId)),
  };
}
