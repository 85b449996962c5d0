import mongoose from 'mongoose';

/** A new identifier: 24 hex characters that sort roughly by the time they were made. */
export function newId(): string {
  return new mongoose.Types.ObjectId().toHexString();
}
