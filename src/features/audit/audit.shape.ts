import { z } from 'zod';
import { instant } from '../../http/route/output.ts';
import type { AuditRecord } from './audit.model.ts';

const fields = z.record(z.string(), z.unknown());

/** A record as administrators see it. */
export const recordShape = z.object({
  recordId: z.string(),
  at: instant,
  action: z.string(),
  result: z.enum(['done', 'refused']),
  code: z.string().optional(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  /** The actor's own tenant, if it is another one. */
  actorTenantId: z.string().optional(),
  /** The tenant in which the actor acted, if it is another one. */
  targetTenantId: z.string().optional(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  requestId: z.string().nullable(),
  /** `code` for a call from the code of a host. Such a record has no address and no session. */
  via: z.enum(['code']).optional(),
  target: z.object({ kind: z.string(), id: z.string() }).optional(),
  before: fields.optional(),
  after: fields.optional(),
  method: z.string().optional(),
  url: z.string().optional(),
  count: z.number().int(),
  lastAt: instant,
}).meta({ id: 'AuditRecord' });

export function recordView(record: AuditRecord) {
  return { ...record, recordId: record._id };
}
