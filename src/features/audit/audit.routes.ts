import { defineRoute } from '../../http/route/define-route.ts';
import { isoDate, oneOf, optional, string } from '../../http/input/fields.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import type { AuditExport } from './audit.export.ts';
import { recordShape, recordView } from './audit.shape.ts';
import type { AuditStore } from './audit.store.ts';

export interface AuditRouteDeps {
  readonly load: AuditStore['load'];
  readonly auditExport: AuditExport;
}

const recordPage = pageOf(recordShape);

/** The URLs of the audit trail. */
export function createAuditRoutes({ load, auditExport }: AuditRouteDeps) {
  return [
    defineRoute({
      method: 'GET', url: '/audit/load', id: 'listAuditRecords', summary: 'List audit records, the newest first',
      actsInTenant: true,
      description: 'Filters: from (included), to (excluded), the userId of the actor, action (such as role.create, session.login or '
        + 'request), and result (done or refused).',
      input: {
        query: {
          ...pageFields,
          from: optional(isoDate()),
          to: optional(isoDate()),
          userId: optional(string({ min: 1, max: 64 })),
          action: optional(string({ min: 1, max: 64 })),
          result: optional(oneOf(['done', 'refused'])),
        },
      },
      output: recordPage,
      errors: [],
      async handler({ input: { query: { limit, cursor, ...filter } }, caller }) {
        const { items, nextCursor } = await load(caller.tenantId, filter, { limit, ...(cursor !== undefined && { cursor }) });
        return { items: items.map(recordView), nextCursor };
      },
    }),
    defineRoute({
      method: 'GET', url: '/audit/export', id: 'exportAudit', summary: 'The whole audit trail, the oldest first',
      actsInTenant: true,
      description: 'Each line is one record, as JSON. The last line has the number of records and their SHA-256 digest in hex. An answer '
        + 'without this line was cut off.',
      output: 'lines',
      errors: [],
      handler: ({ caller }) => auditExport.lines(caller.tenantId),
    }),
  ];
}
