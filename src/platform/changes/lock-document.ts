import { Schema } from 'mongoose';
import type { ClientSession, Connection, Model } from 'mongoose';

/** A number that transactions raise so that two of them about the same matter cannot both commit. */
export interface Version {
  _id: string;
  value: number;
}

export function createVersionModel(connection: Connection, prefix = ''): Model<Version> {
  const schema = new Schema<Version>({ _id: String, value: { type: Number, required: true } }, { strict: 'throw', versionKey: false });
  return connection.model<Version>('Version', schema, `${prefix}versions`);
}

/**
 * Raises a guard document inside a transaction.
 *
 * "Count, then write" in two transactions at once lets both commit (write skew); when both first raise the same
 * document, the database makes one of them wait and start again.
 */
export async function raiseGuard(model: Model<Version>, name: string, session: ClientSession): Promise<void> {
  await model.updateOne({ _id: name }, { $inc: { value: 1 } }, { upsert: true, session });
}
