import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { Isolation } from '../../../platform/database/tenancy/tenant-locations.ts';
import type { Tenant } from '../tenant.model.ts';

/** The queries that move a tenant to another place, or remove it. A write answers false if somebody else has changed the tenant. */
export interface TenantMoveStore {
  /** A tenant that is not deleted. */
  findByName(name: string): Promise<Tenant | null>;
  /** A tenant, deleted or not. */
  read(tenantId: string): Promise<Tenant | null>;
  /** Stores where a suspended tenant is being moved to. */
  begin(tx: ChangeTransaction, tenantId: string, to: Isolation): Promise<boolean>;
  /** Stores that a move was undone. */
  takeBack(tx: ChangeTransaction, tenantId: string, movingTo: Isolation): Promise<boolean>;
  /** Stores the new place of a tenant, and that its rows in the old place must be removed. */
  finish(tx: ChangeTransaction, tenantId: string, from: Isolation, to: Isolation): Promise<boolean>;
  /** Stores that the rows in the old place are removed. */
  forgetOldPlace(tenantId: string, leftIn: Isolation): Promise<void>;
  /** Marks a suspended tenant that is not being moved as deleted. */
  markDeleted(tx: ChangeTransaction, tenantId: string): Promise<boolean>;
  /** Removes a tenant that is marked as deleted. */
  remove(tenantId: string): Promise<void>;
}

/** A suspended tenant that is not being moved. */
const isAtRest = { status: 'suspended', movingTo: { $exists: false } } as const;

/** Creates the store of moves and removals. */
export function createTenantMoveStore(model: Model<Tenant>): TenantMoveStore {
  return {
    findByName: (name) => model.findOne({ name, status: { $ne: 'deleted' } }).lean(),
    read: (tenantId) => model.findOne({ _id: tenantId }).lean(),
    async begin({ session }, _id, to) {
      const { matchedCount } = await model.updateOne({ _id, ...isAtRest }, { $set: { movingTo: to } }, { session });
      return matchedCount === 1;
    },
    async takeBack({ session }, _id, movingTo) {
      const { matchedCount } = await model.updateOne({ _id, movingTo }, { $unset: { movingTo: 1 } }, { session });
      return matchedCount === 1;
    },
    async finish({ session }, _id, from, to) {
      const { matchedCount } = await model.updateOne(
        { _id, movingTo: to }, { $set: { isolation: to, leftIn: from }, $unset: { movingTo: 1 } }, { session },
      );
      return matchedCount === 1;
    },
    async forgetOldPlace(_id, leftIn) {
      await model.updateOne({ _id, leftIn }, { $unset: { leftIn: 1 } });
    },
    async markDeleted({ session }, _id) {
      const { modifiedCount } = await model.updateOne({ _id, ...isAtRest }, { $set: { status: 'deleted' } }, { session });
      return modifiedCount === 1;
    },
    async remove(_id) {
      await model.deleteOne({ _id, status: 'deleted' });
    },
  };
}
