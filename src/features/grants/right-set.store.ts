import type { Model } from 'mongoose';
import type { RightSet } from './right-set.model.ts';
import type { RightSetContent } from './right-set.types.ts';

/** The queries about right sets. */
export interface RightSetStore {
  /** Stores a right set unless it is stored already, and keeps it until `expiresAt` at least. */
  ensure(tenantId: string, id: string, content: Omit<RightSetContent, 'changesAt'>, expiresAt: Date): Promise<void>;
  read(tenantId: string, id: string): Promise<RightSet | null>;
  /** The same; null also for one that an older version stored without policies or memberships. */
  readComplete(tenantId: string, id: string): Promise<RightSet | null>;
}

/** Creates the store of right sets. */
export function createRightSetStore(model: Model<RightSet>): RightSetStore {
  return {
    async ensure(tenantId, _id, content, expiresAt) {
      await model.updateOne({ tenantId, _id }, { $setOnInsert: content, $max: { expiresAt } }, { upsert: true });
    },
    read: (tenantId, _id) => model.findOne({ tenantId, _id }).lean(),
    readComplete: (tenantId, _id) => model.findOne({ tenantId, _id, policies: { $exists: true }, memberships: { $exists: true } }).lean(),
  };
}
