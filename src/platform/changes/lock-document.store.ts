import type { ClientSession, Model } from 'mongoose';
import type { LockDocument } from './lock-document.model.ts';

export interface LockDocumentStore {
  /**
   * Locks a document by its name inside a transaction, by a write to it.
   *
   * If two transactions count and then write at the same time, both commit (write skew). If both first write to the same
   * document, the database makes one of them start over.
   */
  lock(name: string, session: ClientSession): Promise<void>;
}

/** Creates the store of lock documents. */
export function createLockDocumentStore(model: Model<LockDocument>): LockDocumentStore {
  return {
    async lock(name, session) {
      await model.updateOne({ _id: name }, { $inc: { value: 1 } }, { upsert: true, session });
    },
  };
}
