import type { ClientSession, Model } from 'mongoose';
import type { Tenant } from './tenant.model.ts';

/** The queries that find a tenant by its id, name or domain. */
export interface TenantNameStore {
  /** The status and the location of the tenant with this id, name or domain. */
  findBy(field: '_id' | 'name' | 'domain', value: string): Promise<Pick<Tenant, '_id' | 'status' | 'isolation' | 'movingTo'> | null>;
  hasDomain(tenantId: string, domain: string, session?: ClientSession): Promise<boolean>;
  /** The domain that a superadmin gave to a tenant. */
  domainOf(tenantId: string, session?: ClientSession): Promise<string | undefined>;
  /** The names of these tenants, by id. */
  namesOf(tenantIds: readonly string[]): Promise<Map<string, string>>;
}

/** Creates the store of tenant names. */
export function createTenantNameStore(model: Model<Tenant>): TenantNameStore {
  return {
    findBy: (field, value) => model.findOne({ [field]: value }, { status: 1, isolation: 1, movingTo: 1 }).lean(),
    hasDomain: async (tenantId, domain, session) => (await model.exists({ _id: tenantId, domain }).session(session ?? null)) !== null,
    domainOf: async (tenantId, session) => (
      await model.findOne({ _id: tenantId }, { domain: 1 }, { session: session ?? null }).lean())?.domain,
    async namesOf(tenantIds) {
      const tenants = await model.find({ _id: { $in: [...tenantIds] } }, { name: 1 }).lean();
      return new Map(tenants.map(({ _id, name }) => [_id, name]));
    },
  };
}
