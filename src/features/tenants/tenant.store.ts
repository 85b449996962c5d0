import type { ClientSession, Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { defaultTenantId } from '../../platform/database/tenancy/tenant-scope.ts';
import type { Isolation, TenantLocations } from '../../platform/database/tenancy/tenant-locations.ts';
import type { Tenant, TenantSettings } from './tenant.model.ts';

/** The state of a tenant that is read for each request. */
export interface TenantState {
  readonly status: Tenant['status'];
  readonly policyVersion: number;
  readonly settings: TenantSettings;
}

export interface TenantStates {
  /** Null if there is no such tenant. */
  read(tenantId: string, session?: ClientSession): Promise<TenantState | null>;
  raisePolicyVersion(tenantId: string, session: ClientSession): Promise<void>;
  /** Creates the default tenant unless it exists; answers whether it did. */
  ensureDefault(session: ClientSession): Promise<boolean>;
  /** Whether the default tenant is stored: without it, nothing was ever seeded. */
  hasDefault(): Promise<boolean>;
  /** Loads the location of a tenant; undefined if it is known already. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
  /** The name of the tenant of a transaction; its id if there is no such tenant. */
  readonly nameOf: (tx: ChangeTransaction) => Promise<string>;
  ids(): Promise<string[]>;
  /** The ids of the tenants that have their own database. Leaves out deleted tenants and tenants that are being moved. */
  idsInOwnDatabases(): Promise<string[]>;
  /** The settings of a tenant, as this transaction sees them; empty if there is no such tenant. */
  settingsOf(tenantId: string, session: ClientSession): Promise<TenantSettings>;
  /** Writes to a tenant in which something with a quota is created, so that two such transactions conflict. */
  lockForCreation(tenantId: string, session: ClientSession): Promise<void>;
}

/** Called with the location of a tenant each time it was read. */
export type RecordLocation = (tenantId: string, isolation: Isolation | 'moving') => void;

/** The location of a tenant that was read. A tenant that does not exist has no rows, so any location will do for it. */
export function locationOf(tenant: Pick<Tenant, 'isolation' | 'movingTo'> | null): Isolation | 'moving' {
  return tenant?.movingTo === undefined ? tenant?.isolation ?? 'shared' : 'moving';
}

/** Whether a tenant is being moved, or its rows in the old place are not removed yet. */
export const isMoving = ({ movingTo, leftIn }: Pick<Tenant, 'movingTo' | 'leftIn'>): boolean => movingTo !== undefined
  || leftIn !== undefined;

export function createTenantStates(model: Model<Tenant>, tenantLocations: Pick<TenantLocations, 'record' | 'isKnown'>): TenantStates {
  async function read(tenantId: string, session?: ClientSession): Promise<TenantState | null> {
    const tenant = await model.findOne(
      { _id: tenantId }, { status: 1, policyVersion: 1, settings: 1, isolation: 1, movingTo: 1 }, { session: session ?? null },
    ).lean();
    tenantLocations.record(tenantId, locationOf(tenant));
    return tenant && { status: tenant.status, policyVersion: tenant.policyVersion, settings: tenant.settings ?? {} };
  }

  return {
    read,
    ensureLocated: (tenantId) => (tenantLocations.isKnown(tenantId) ? undefined : read(tenantId)),
    nameOf: async ({ session, actor: { tenantId } }) => (await model.findOne(
      { _id: tenantId }, { name: 1 }, { session },
    ).lean())?.name ?? tenantId,
    ids: () => model.distinct('_id').exec(),
    async idsInOwnDatabases() {
      const apart = await model.find({ isolation: 'database', status: { $ne: 'deleted' }, movingTo: { $exists: false } }, { _id: 1 })
        .lean();
      return apart.map(({ _id }) => _id);
    },
    settingsOf: async (tenantId, session) => (await model.findOne({ _id: tenantId }, { settings: 1 }, { session }).lean())?.settings ?? {},
    async lockForCreation(tenantId, session) {
      await model.updateOne({ _id: tenantId }, { $inc: { created: 1 } }, { session });
    },
    async raisePolicyVersion(tenantId, session) {
      await model.updateOne({ _id: tenantId }, { $inc: { policyVersion: 1 } }, { session });
    },
    hasDefault: async () => (await model.exists({ _id: defaultTenantId })) !== null,
    async ensureDefault(session) {
      if (await model.findOne({ _id: defaultTenantId }, null, { session }).lean()) return false;
      await model.create([{ _id: defaultTenantId, name: 'default', status: 'active', policyVersion: 1, version: 1 }], { session });
      return true;
    },
  };
}
