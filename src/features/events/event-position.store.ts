import type { Model } from 'mongoose';
import type { ResumeToken } from '../../platform/changes/outbox.store.ts';
import type { EventPosition } from './event-position.model.ts';

/** A lease: a name, and the number of the process that holds it. */
export type LeaseKey = Pick<EventPosition, '_id' | 'fence'>;

/** A place up to which everything is delivered. */
export interface EventPlace {
  readonly token: ResumeToken;
  readonly at: Date;
  /** The event that was delivered last; absent if only the place has moved. */
  readonly eventId?: string;
}

/** The queries about the positions of listeners. Those with a lease answer false if another process has it by now. */
export interface EventPositionStore {
  has(name: string): Promise<boolean>;
  /** Stores the first position of a name, unless it has one. */
  begin(name: string, place: EventPlace): Promise<void>;
  /** Takes the lease if nobody holds it, or if it has run out. Answers the position, or null. */
  take(name: string, holder: string, now: Date, leaseUntil: Date): Promise<EventPosition | null>;
  renew(lease: LeaseKey, leaseUntil: Date): Promise<boolean>;
  advance(lease: LeaseKey, place: EventPlace): Promise<boolean>;
  /** Ends the lease at once. */
  release(lease: LeaseKey): Promise<boolean>;
}

/** A lease that ends later than this is wrong, in ms. */
const longestLease = 60_000;

/** How many ids of delivered events a position keeps. */
const maxRecent = 500;

/** Creates the store of positions. */
export function createEventPositionStore(model: Model<EventPosition>): EventPositionStore {
  const write = async ({ _id, fence }: LeaseKey, update: object): Promise<boolean> => (
    (await model.updateOne({ _id, fence }, update)).matchedCount === 1);

  return {
    has: async (name) => (await model.exists({ _id: name })) !== null,
    async begin(_id, { token, at }) {
      const first = { token, at, recent: [], leaseUntil: new Date(0), fence: 0 };
      await model.updateOne({ _id }, { $setOnInsert: first }, { upsert: true });
    },
    take: (_id, holder, now, leaseUntil) => model.findOneAndUpdate(
      // A process whose clock is far ahead must not keep the lease for hours after it has ended.
      { _id, $or: [{ leaseUntil: { $lte: now } }, { leaseUntil: { $gt: new Date(now.getTime() + longestLease) } }] },
      { $set: { holder, leaseUntil }, $inc: { fence: 1 } }, { returnDocument: 'after' },
    ).lean(),
    renew: (lease, leaseUntil) => write(lease, { $set: { leaseUntil } }),
    advance: (lease, { token, at, eventId }) => write(lease, {
      $set: { token, at }, ...(eventId !== undefined && { $push: { recent: { $each: [eventId], $slice: -maxRecent } } }),
    }),
    // A renewal that is on its way must not bring the lease back.
    release: (lease) => write(lease, { $set: { leaseUntil: new Date(0) }, $inc: { fence: 1 } }),
  };
}
