import { createHash } from 'node:crypto';
import type { Model } from 'mongoose';
import type { AuditRecord } from './audit.model.ts';
import { recordShape, recordView } from './audit.shape.ts';

/** A whole trail, record by record: however long it is, a few hundred of them are in memory. */
export interface AuditExport {
  /** Each record as JSON, the oldest first, and at last their number and digest. */
  lines(tenantId: string): AsyncGenerator<string>;
  /** SHA-256 in hex of the records as they would be exported now, each with a line feed. */
  digest(tenantId: string): Promise<string>;
}

const atOnce = 500;

export function createAuditExport(model: Model<AuditRecord>): AuditExport {
  async function* records(tenantId: string): AsyncGenerator<string> {
    for (let last: string | undefined; ;) {
      const rows = await model.find({ tenantId, ...(last !== undefined && { _id: { $gt: last } }) }).sort({ _id: 1 }).limit(atOnce).lean();
      for (const row of rows) yield JSON.stringify(recordShape.parse(recordView(row)));
      last = rows.at(-1)?._id;
      if (rows.length < atOnce) return;
    }
  }

  return {
    async* lines(tenantId) {
      const hash = createHash('sha256');
      let count = 0;
      for await (const line of records(tenantId)) {
        hash.update(`${line}\n`);
        count += 1;
        yield line;
      }
      yield JSON.stringify({ records: count, digest: hash.digest('hex') });
    },
    async digest(tenantId) {
      const hash = createHash('sha256');
      for await (const line of records(tenantId)) hash.update(`${line}\n`);
      return hash.digest('hex');
    },
  };
}
