import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';

/** A document that transactions write to, so that two of them about the same thing cannot both commit. */
export interface LockDocument {
  _id: string;
  value: number;
}

export function createLockDocumentModel(connection: Connection, prefix = ''): Model<LockDocument> {
  const schema = new Schema<LockDocument>({ _id: String, value: { type: Number, required: true } }, { strict: 'throw', versionKey: false });
  return connection.model<LockDocument>('Version', schema, `${prefix}versions`);
}
