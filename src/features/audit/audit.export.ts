import { createHash } from 'node:crypto';
import { recordShape, recordView } from './audit.shape.ts';
import type { AuditStore } from './audit.store.ts';

/** The whole trail of a tenant, record by record. At most 500 records are in memory, however long the trail is. */
export interface AuditExport {
  /** Each record as JSON, the oldest first; the last line has their number and digest. */
  lines(tenantId: string): AsyncGenerator<string>;
  /** SHA-256 in hex of the records as they would be exported now, each with a line feed. */
  digest(tenantId: string): Promise<string>;
}

const batch = 500;

/** Creates the export of the audit trail. */
export function createAuditExport(store: Pick<AuditStore, 'readAfter'>): AuditExport {
  async function* records(tenantId: string): AsyncGenerator<string> {
    for (let last: string | undefined; ;) {
      const found = await store.readAfter(tenantId, last, batch);
      for (const record of found) yield JSON.stringify(recordShape.parse(recordView(record)));
      last = found.at(-1)?._id;
      if (found.length < batch) return;
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
