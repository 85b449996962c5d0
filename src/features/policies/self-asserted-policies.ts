import type { Collection, Model } from 'mongoose';
import { selfAssertedPath } from '../../engine/policies/self-asserted.ts';
import type { Group } from '../groups/group.model.ts';
import type { Role } from '../roles/role.model.ts';
import type { Tenant } from '../tenants/tenant.model.ts';

/** A role or a group whose stored policies ask for what users write about themselves. */
export interface SelfAsserting {
  readonly tenantId: string;
  readonly kind: 'role' | 'group';
  readonly id: string;
}

export interface FindSelfAssertingDeps {
  readonly roles: Model<Role>;
  readonly groups: Model<Group>;
  readonly tenants: Model<Tenant>;
  /** Told of each tenant that is kept in a database of its own. */
  readonly recordLocation: (tenantId: string, isolation: 'database') => void;
}

/** Most that one boot names of each kind and database. */
const maxNamed = 20;

const asks = { $or: [{ 'policies.conditions.left': selfAssertedPath }, { 'policies.conditions.right': selfAssertedPath }] };

/** Creates the search through the policies of all tenants, for a boot to warn of conditions that count as missing. */
export function createFindSelfAsserting({ roles, groups, tenants, recordLocation }: FindSelfAssertingDeps): () => Promise<SelfAsserting[]> {
  /** One query for all tenants that share a database, which the models refuse. */
  async function inShared(collection: Collection): Promise<{ tenantId: string; _id: string; roleId?: string }[]> {
    const rows = await collection.find(asks, { projection: { tenantId: 1, roleId: 1 }, limit: maxNamed }).toArray();
    return rows as unknown as { tenantId: string; _id: string; roleId?: string }[]; // as the schemas of both say
  }

  return async () => {
    const found: SelfAsserting[] = [
      ...(await inShared(roles.collection)).map(({ tenantId, roleId, _id }) => ({ tenantId, kind: 'role' as const, id: roleId ?? _id })),
      ...(await inShared(groups.collection)).map(({ tenantId, _id }) => ({ tenantId, kind: 'group' as const, id: _id })),
    ];
    const apart = await tenants.find({ isolation: 'database', status: { $ne: 'deleted' }, movingTo: { $exists: false } }, { _id: 1 }).lean();
    for (const { _id: tenantId } of apart) {
      recordLocation(tenantId, 'database');
      found.push(
        ...(await roles.find({ tenantId, ...asks }, { roleId: 1 }).limit(maxNamed).lean()).map(({ roleId }) => ({ tenantId, kind: 'role' as const, id: roleId })),
        ...(await groups.find({ tenantId, ...asks }, { _id: 1 }).limit(maxNamed).lean()).map(({ _id }) => ({ tenantId, kind: 'group' as const, id: _id })),
      );
    }
    return found;
  };
}
