import type { ClientSession, Model } from 'mongoose';
import { defaultTenantId } from '../mongo/tenant-scope.ts';
import type { Tenant, TenantSettings } from './tenant.model.ts';

/** What others ask of a tenant on each request. */
export interface TenantState {
  readonly status: Tenant['status'];
  readonly policyVersion: number;
  readonly settings: TenantSettings;
}

export interface TenantStates {
  /** Null if there is no such tenant. */
  read(tenantId: string): Promise<TenantState | null>;
  raisePolicyVersion(tenantId: string, session: ClientSession): Promise<void>;
  /** Creates the default tenant unless it exists; answers whether it did. */
  ensureDefault(session: ClientSession): Promise<boolean>;
}

export function createTenantStates(model: Model<Tenant>): TenantStates {
  return {
    async read(tenantId) {
      const tenant = await model.findOne({ _id: tenantId }, { status: 1, policyVersion: 1, settings: 1 }).lean();
      return tenant && { status: tenant.status, policyVersion: tenant.policyVersion, settings: tenant.settings ?? {} };
    },
    async raisePolicyVersion(tenantId, session) {
      await model.updateOne({ _id: tenantId }, { $inc: { policyVersion: 1 } }, { session });
    },
    async ensureDefault(session) {
      if (await model.findOne({ _id: defaultTenantId }, null, { session }).lean()) return false;
      await model.create([{ _id: defaultTenantId, name: 'default', status: 'active', policyVersion: 1, version: 1 }], { session });
      return true;
    },
  };
}
