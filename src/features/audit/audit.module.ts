import type { Model } from 'mongoose';
import type { Logger } from 'pino';
import type { Module } from '../../platform/module.ts';
import { createAuditExport } from './audit.export.ts';
import type { AuditRecord } from './audit.model.ts';
import { createAuditRoutes } from './audit.routes.ts';
import { createAuditService } from './audit.service.ts';
import { createRefusalLog } from './refusal-log.ts';

export interface AuditModuleDeps {
  readonly records: Model<AuditRecord>;
  /** How long a record stays, in days. */
  readonly auditDays: number;
  /** ms since 1970 */
  readonly clock: () => number;
  readonly logger: Pick<Logger, 'error'>;
  /** Loads the location of a tenant; undefined if it is known already. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
}

/** The audit trail: what was changed, and which requests were refused. */
export function createAuditModule({ records, auditDays, clock, logger, ensureLocated }: AuditModuleDeps) {
  const audit = createAuditService({ model: records, auditDays, clock });
  const auditExport = createAuditExport(records);
  const refusals = createRefusalLog({
    model: records, auditDays, clock, ensureLocated,
    onError: (error) => { logger.error(error, 'audit records of refusals were not written'); },
  });
  return {
    name: 'audit',
    routes: createAuditRoutes({ audit, auditExport }),
    forgetUser: (tx, { _id }) => audit.forget(_id, tx),
    close: refusals.close,
    writeChanges: audit.writeChanges,
    digestOf: auditExport.digest,
    refusals,
  } satisfies Module & Record<string, unknown>;
}

export type AuditModule = ReturnType<typeof createAuditModule>;
