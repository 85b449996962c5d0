import { z } from 'zod';
import { defineRoute } from '../http/define-route.ts';
import type { RouteDefinition } from '../http/define-route.ts';
import { isoDate, oneOf, optional, string } from '../http/fields.ts';
import { instant } from '../http/output.ts';
import { pageFields, pageOf } from '../http/page-shape.ts';
import type { AuditRecord } from './audit.model.ts';
import type { AuditService } from './audit.service.ts';

const fields = z.record(z.string(), z.unknown());

const recordShape = z.object({
  recordId: z.string(),
  at: instant,
  action: z.string(),
  result: z.enum(['done', 'refused']),
  code: z.string().optional(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  /** The tenant of whoever acted here from another one. */
  actorTenantId: z.string().optional(),
  /** Where somebody of this tenant acted in another one. */
  targetTenantId: z.string().optional(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  requestId: z.string().nullable(),
  target: z.object({ kind: z.string(), id: z.string() }).optional(),
  before: fields.optional(),
  after: fields.optional(),
  method: z.string().optional(),
  url: z.string().optional(),
  count: z.number().int(),
  lastAt: instant,
});

/** The audit trail. */
export function createAuditRoutes({ audit }: { readonly audit: AuditService }): RouteDefinition[] {
  return [
    defineRoute({
      method: 'GET', url: '/audit/load', summary: 'List audit records, the newest first',
      description: 'Filtered by from (included) and to (excluded), the acting userId, action (such as role.create, session.login, request) and result (done or refused).',
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
      output: pageOf(recordShape),
      errors: [],
      async handler({ input: { query: { limit, cursor, ...filter } }, caller }) {
        const { items, nextCursor } = await audit.load(caller.tenantId, filter, { limit, ...(cursor !== undefined && { cursor }) });
        return { items: items.map((record: AuditRecord) => ({ ...record, recordId: record._id })), nextCursor };
      },
    }),
  ];
}
