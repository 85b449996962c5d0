import type { ClientSession, Model, mongo } from 'mongoose';
import type { OutboxRow, StoredMailOrder } from './outbox.model.ts';

/** A row with an order for a mail. */
export type MailRow = OutboxRow & { readonly mail: StoredMailOrder };

/** Yields the writes of all nodes to the outbox, in the order of the commits. */
export type OutboxStream = mongo.ChangeStream<OutboxRow>;
/** A position in an {@link OutboxStream}, which the database understands alone. */
export type ResumeToken = mongo.ResumeToken;
export type OutboxEvent = mongo.ChangeStreamDocument<OutboxRow>;

/** The time at which a heartbeat was sent, and the time at which its row may be removed. */
export interface BeatTimes {
  readonly at: Date;
  readonly expiresAt: Date;
}

/** The queries about the outbox: the feed of changes, the heartbeats of nodes, and the mails that were ordered. */
export interface OutboxStore {
  /** Adds rows in the transaction of the changes that they announce. */
  add(rows: readonly OutboxRow[], session: ClientSession): Promise<void>;
  /** Follows the outbox from now on. */
  follow(): OutboxStream;
  /**
   * Follows the rows that have an audit record, after this position or from now on. The server answers at least every 500 ms, with or
   * without a row.
   */
  followRecords(after?: ResumeToken): OutboxStream;
  /** Writes the number of a node's latest heartbeat into the one row of that node. */
  beat(rowId: string, beat: number, times: BeatTimes): Promise<void>;
  endBeats(rowId: string): Promise<void>;
  /** Takes the mail that has been due for the longest time, and counts the attempt, atomically. Two nodes never take the same attempt. */
  takeDueMail(now: Date, leaseEndsAt: Date): Promise<MailRow | null>;
  /** Sets the time of the next attempt. Does nothing if another node has taken the mail since. */
  postponeMail(row: MailRow, nextAt: Date): Promise<void>;
  /** Removes the order of a mail that was sent or given up. Does nothing if another node has taken the mail since. */
  endMail(row: MailRow): Promise<void>;
  /** Removes the orders for a user, and for an address if one is given. */
  endMailsOf(tenantId: string, userId: string, email: string | undefined, session: ClientSession): Promise<void>;
}

/** Creates the store of the outbox. */
export function createOutboxStore(model: Model<OutboxRow>): OutboxStore {
  return {
    async add(rows, session) {
      await model.insertMany(rows, { session });
    },
    // The type of mongoose lacks methods of the driver that it passes on.
    follow: () => (model.collection as unknown as mongo.Collection<OutboxRow>).watch<OutboxRow>(),
    followRecords: (after) => (model.collection as unknown as mongo.Collection<OutboxRow>).watch<OutboxRow>(
      [{ $match: { 'operationType': 'insert', 'fullDocument.recordId': { $exists: true } } }],
      { maxAwaitTimeMS: 500, ...(after !== undefined && { resumeAfter: after }) },
    ),
    async beat(_id, beat, { at, expiresAt }) {
      await model.updateOne({ _id }, {
        $set: { beat, expiresAt },
        $setOnInsert: { tenantId: 'none', at, action: 'heartbeat', target: { kind: 'node', id: _id }, policy: false, users: [] },
      }, { upsert: true });
    },
    async endBeats(_id) {
      await model.deleteOne({ _id });
    },
    async takeDueMail(now, leaseEndsAt) {
      // With both ends of the range, every database uses the index. Most rows have no order.
      const due = { 'mail.nextAt': { $gt: new Date(0), $lte: now } };
      const taken = { $set: { 'mail.nextAt': leaseEndsAt }, $inc: { 'mail.attempts': 1 } };
      const row = await model.findOneAndUpdate(due, taken, { sort: { 'mail.nextAt': 1 }, returnDocument: 'after' }).lean();
      return row as MailRow | null; // a row that was found by mail.nextAt has a mail
    },
    async postponeMail({ _id, mail: { attempts } }, nextAt) {
      await model.updateOne({ _id, 'mail.attempts': attempts }, { $set: { 'mail.nextAt': nextAt } });
    },
    async endMail({ _id, mail: { attempts } }) {
      await model.updateOne({ _id, 'mail.attempts': attempts }, { $unset: { mail: 1 } });
    },
    async endMailsOf(tenantId, userId, email, session) {
      const whose = [{ 'mail.userId': userId }, ...(email === undefined ? [] : [{ 'mail.email': email }])];
      await model.updateMany({ tenantId, 'mail.nextAt': { $exists: true }, $or: whose }, { $unset: { mail: 1 } }, { session });
    },
  };
}
