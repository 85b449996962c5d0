import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { AuditRecord } from './audit.model.ts';

export interface AuditFilter {
  /** Included. */
  readonly from?: Date;
  /** Excluded. */
  readonly to?: Date;
  readonly userId?: string;
  readonly action?: string;
  readonly result?: AuditRecord['result'];
}

/** The queries about audit records. */
export interface AuditStore {
  create(records: readonly AuditRecord[], session: ClientSession): Promise<void>;
  /** Stores records of one tenant; of one that is stored, writes `count` and `lastAt` alone. One batch, outside transactions. */
  writeCounts(records: readonly AuditRecord[]): Promise<void>;
  /**
   * Removes personal data of a user from all records: addresses and names from records about them, and the IP address and the
   * user agent from records of what they did. The userId stays.
   */
  forget(tx: ChangeTransaction, userId: string): Promise<void>;
  /** One page of records, the newest first. */
  load(tenantId: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>>;
  /** Null if there is no such record. */
  read(tenantId: string, recordId: string): Promise<AuditRecord | null>;
  /**
   * The changes in this tenant from `from` (included) to `to` (excluded), in the order of their times. Leaves out changes of its users
   * in other tenants.
   */
  readChanges(tenantId: string, from: Date, to: Date): Promise<AuditRecord[]>;
  /** The next records after this id, the oldest first; the first ones without an id. */
  readAfter(tenantId: string, after: string | undefined, most: number): Promise<AuditRecord[]>;
}

/** Creates the store of audit records. */
export function createAuditStore(model: Model<AuditRecord>): AuditStore {
  return {
    async create(records, session) {
      await model.insertMany(records, { session });
    },
    async writeCounts(records) {
      await model.bulkWrite(records.map(upsertOf), { ordered: false, writeConcern: { w: 1 } });
    },
    async forget({ session, actor: { tenantId } }, userId) {
      const personal = ['email', 'username', 'firstName', 'lastName', 'department', 'attributes'].flatMap(
        (name) => [`before.${name}`, `after.${name}`],
      );
      const removed = Object.fromEntries(personal.map((path): [string, 1] => [path, 1]));
      await model.updateMany({ tenantId, 'target.id': userId }, { $unset: removed }, { session });
      await model.updateMany({ tenantId, userId }, { $set: { ip: null, userAgent: null } }, { session });
    },
    load(tenantId, { from, to, ...exact }, page) {
      const at = { ...(from && { $gte: from }), ...(to && { $lt: to }) };
      const filter = { tenantId, ...exact, ...(from || to ? { at } : {}) };
      return readPage(['audit', tenantId, { from, to, ...exact }], page, ({ _id }) => _id, 'descending', (after, count) =>
        model.find(after ? { ...filter, _id: after } : filter).sort({ _id: -1 }).limit(count).lean());
    },
    read: (tenantId, _id) => model.findOne({ tenantId, _id }).lean(),
    readChanges: (tenantId, from, to) => model.find(
      { tenantId, at: { $gte: from, $lt: to }, result: 'done', targetTenantId: { $exists: false } },
    ).sort({ at: 1, _id: 1 }).lean(),
    readAfter: (tenantId, after, most) => model.find(
      { tenantId, ...(after !== undefined && { _id: { $gt: after } }) },
    ).sort({ _id: 1 }).limit(most).lean(),
  };
}

function upsertOf({ _id, tenantId, count, lastAt, ...first }: AuditRecord) {
  return { updateOne: { filter: { _id, tenantId }, update: { $set: { count, lastAt }, $setOnInsert: first }, upsert: true } };
}
