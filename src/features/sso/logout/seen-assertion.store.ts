import { createHash } from 'node:crypto';
import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { SeenAssertion } from './seen-assertion.model.ts';

/** The queries about used messages of providers. */
export interface SeenAssertionStore {
  /** Notes that a message is used. Fails with a duplicate key if it was used before. */
  add(tx: ChangeTransaction, message: { readonly providerId: string; readonly name: string; readonly expiresAt: Date }): Promise<void>;
}

/** Creates the store of used messages. */
export function createSeenAssertionStore(model: Model<SeenAssertion>): SeenAssertionStore {
  return {
    async add({ session, actor: { tenantId } }, { providerId, name, expiresAt }) {
      const _id = createHash('sha256').update(JSON.stringify([providerId, name])).digest('hex');
      await model.create([{ _id, tenantId, expiresAt }], { session });
    },
  };
}
