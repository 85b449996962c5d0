import { Schema } from 'mongoose';
import type { ClientSession, Connection, Model } from 'mongoose';

/** A number that transactions raise so that two of them about the same matter cannot both commit. */
export interface LockDocument {
  _id: string;
  value: number;
}

export function createLockDocumentModel(connection: Connection, prefix = ''): Model<LockDocument> {
  const schema = new Schema<LockDocument>({ _id: String, value: { type: Number, required: true } }, { strict: 'throw', versionKey: false });
  return connection.model<LockDocument>('Version', schema, `${prefix}versions`);
}

/**
 * Locks a document by its name inside a transaction: it writes to it.
 *
 * "Count, then write" in two transactions at once lets both commit (write skew); when both first raise the same
 * document, the database makes one of them wait and start again.
 */
export async function lockDocument(model: Model<LockDocument>, name: string, session: ClientSession): Promise<void> {
  await model.updateOne({ _id: name }, { $inc: { value: 1 } }, { upsert: true, session });
}
