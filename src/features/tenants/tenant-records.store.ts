import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import { defaultTenantId } from '../../platform/database/tenancy/tenant-scope.ts';
import type { Tenant } from './tenant.model.ts';

/** The queries that superadmins of the platform use to manage tenants. The start of a server uses some of them too. */
export interface TenantRecordStore {
  /** One page of all tenants in the order of their ids. */
  page(filter: { readonly name?: string; readonly status?: Tenant['status'] }, page: PageRequest): Promise<Page<Tenant>>;
  /** A tenant that is not deleted. */
  read(tx: ChangeTransaction, tenantId: string): Promise<Tenant | null>;
  /** Whether a tenant, except one, has this name or this domain. */
  isTaken(tx: ChangeTransaction, names: { readonly name?: string; readonly domain?: string }, except?: string): Promise<boolean>;
  insert(tx: ChangeTransaction, tenant: Tenant): Promise<void>;
  edit(tx: ChangeTransaction, tenantId: string, set: Partial<Tenant>): Promise<void>;
  /** The same, and removes the domain. */
  editWithoutDomain(tx: ChangeTransaction, tenantId: string, set: Partial<Tenant>): Promise<void>;
  /** The tenants that were seeded with other declarations, without the default tenant and those that are deleted or being moved. */
  readSeededOtherwise(seededWith: string): Promise<Pick<Tenant, '_id' | 'name' | 'isolation'>[]>;
  /** The default role in the settings of a tenant; null if there is no such tenant. With `tx`, reads what this transaction wrote. */
  readDefaultRole(tenantId: string, tx?: Pick<ChangeTransaction, 'session'>): Promise<{ readonly defaultRole: string | undefined } | null>;
  /** Writes the default role of the transaction's tenant and raises its version. */
  setDefaultRole(tx: ChangeTransaction, roleId: string): Promise<void>;
}

/** Creates the store of tenants as records. */
export function createTenantRecordStore(model: Model<Tenant>): TenantRecordStore {
  return {
    page: (filter, page) => readPage(['tenants', filter], page, ({ _id }) => _id, 'ascending', (after, count) =>
      model.find(after ? { ...filter, _id: after } : filter).sort({ _id: 1 }).limit(count).lean()),

    read: ({ session }, tenantId) => model.findOne({ _id: tenantId, status: { $ne: 'deleted' } }, null, { session }).lean(),

    async isTaken({ session }, { name, domain }, except) {
      const named = [...(name === undefined ? [] : [{ name }]), ...(domain === undefined ? [] : [{ domain }])];
      if (named.length === 0) return false;
      return (await model.exists({ $or: named, ...(except !== undefined && { _id: { $ne: except } }) }).session(session)) !== null;
    },

    async insert({ session }, tenant) {
      await model.create([tenant], { session });
    },

    async edit({ session }, _id, set) {
      await model.updateOne({ _id }, { $set: set }, { session });
    },

    async editWithoutDomain({ session }, _id, set) {
      await model.updateOne({ _id }, { $set: set, $unset: { domain: 1 } }, { session });
    },

    readSeededOtherwise: (seededWith) => model.find(
      { _id: { $ne: defaultTenantId }, status: { $ne: 'deleted' }, seededWith: { $ne: seededWith }, movingTo: { $exists: false } },
      { name: 1, isolation: 1 },
    ).lean(),

    async readDefaultRole(tenantId, tx) {
      const tenant = await model.findOne({ _id: tenantId, status: { $ne: 'deleted' } }, { settings: 1 }, { session: tx?.session ?? null })
        .lean();
      return tenant && { defaultRole: tenant.settings?.defaultRole };
    },

    async setDefaultRole({ session, actor: { tenantId: _id } }, roleId) {
      // A tenant without a version has version 1.
      await model.updateOne({ _id, version: { $exists: false } }, { $set: { version: 1 } }, { session });
      await model.updateOne({ _id }, { $set: { 'settings.defaultRole': roleId }, $inc: { version: 1 } }, { session });
    },
  };
}
