import type { ClientSession, Model } from 'mongoose';
import type { LockDocument } from './lock-document.model.ts';

export interface LockDocumentStore {
  /**
   * Locks a document by its name inside a transaction: it writes to it.
   *
   * "Count, then write" in two transactions at once lets both commit (write skew); when both first raise the same
   * document, the database makes one of them wait and start again.
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
