import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { ResumeToken } from '../../platform/changes/outbox.store.ts';

/** The position of the listeners with one name, and the process that delivers to them. */
export interface EventPosition {
  /** The name. */
  _id: string;
  /** The place in the outbox up to which everything is delivered. */
  token: ResumeToken;
  /** The time up to which everything is delivered, as exactly as the clocks of the nodes agree. */
  at: Date;
  /** The ids of the newest events that were delivered. */
  recent: string[];
  /** The process that delivers. */
  holder?: string;
  leaseUntil: Date;
  /** Incremented when a process begins to deliver. A process with an older number cannot write the position. */
  fence: number;
}

/** The collection `eventPositions`. */
export function createEventPositionModel(connection: Connection, prefix = ''): Model<EventPosition> {
  const schema = new Schema<EventPosition>({
    _id: String,
    token: { type: Schema.Types.Mixed, required: true },
    at: { type: Date, required: true },
    recent: { type: [String], required: true },
    holder: String,
    leaseUntil: { type: Date, required: true },
    fence: { type: Number, required: true },
  }, { strict: 'throw', versionKey: false, minimize: false });
  return connection.model<EventPosition>('EventPosition', schema, `${prefix}eventPositions`);
}
