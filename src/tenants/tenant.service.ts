import type { ClientSession, Model } from 'mongoose';
import { defaultTenantId } from '../mongo/tenant-scope.ts';
import type { Tenant } from './tenant.model.ts';

export interface TenantService {
  /** Status and policy version; null if there is no such tenant. */
  read(tenantId: string): Promise<Pick<Tenant, 'status' | 'policyVersion'> | null>;
  raisePolicyVersion(tenantId: string, session: ClientSession): Promise<void>;
  /** Creates the default tenant unless it exists; answers whether it did. */
  ensureDefault(session: ClientSession): Promise<boolean>;
}

export function createTenantService(model: Model<Tenant>): TenantService {
  return {
    read: (tenantId) => model.findOne({ _id: tenantId }, { status: 1, policyVersion: 1 }).lean(),
    async raisePolicyVersion(tenantId, session) {
      await model.updateOne({ _id: tenantId }, { $inc: { policyVersion: 1 } }, { session });
    },
    async ensureDefault(session) {
      if (await model.findOne({ _id: defaultTenantId }, null, { session }).lean()) return false;
      await model.create([{ _id: defaultTenantId, name: 'default', status: 'active', policyVersion: 1 }], { session });
      return true;
    },
  };
}
