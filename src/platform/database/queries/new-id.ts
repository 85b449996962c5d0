import mongoose from 'mongoose';

/** Creates an identifier of 24 hex characters. Identifiers sort roughly by their time of creation. */
export function newId(): string {
  return new mongoose.Types.ObjectId().toHexString();
}
