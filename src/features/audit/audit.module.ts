import type { Logger } from 'pino';
import type { Module } from '../../platform/module.ts';
import { createAuditExport } from './audit.export.ts';
import { createAuditRoutes } from './audit.routes.ts';
import type { AuditStore } from './audit.store.ts';
import { createRefusalLog } from './refusal-log.ts';
import { createWriteChanges } from './write-changes.ts';

export interface AuditModuleDeps {
  readonly stores: { readonly audit: AuditStore };
  /** How long a record stays, in days. */
  readonly auditDays: number;
  /** ms since 1970 */
  readonly clock: () => number;
  readonly logger: Pick<Logger, 'error'>;
  /** Loads the location of a tenant; undefined if it is known already. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
}

/** The audit trail: what was changed, and which requests were refused. */
export function createAuditModule({ stores, auditDays, clock, logger, ensureLocated }: AuditModuleDeps) {
  const store = stores.audit;
  const auditExport = createAuditExport(store);
  const refusals = createRefusalLog({
    store, auditDays, clock, ensureLocated,
    onError: (error) => { logger.error(error, 'audit records of refusals were not written'); },
  });
  return {
    name: 'audit',
    about: { title: 'Audit', description: 'The trail of changes, logins and refusals.' },
    routes: createAuditRoutes({ load: store.load, auditExport }),
    forgetUser: (tx, { _id }) => store.forget(tx, _id),
    close: refusals.close,
    writeChanges: createWriteChanges({ store, auditDays, clock }),
    digestOf: auditExport.digest,
    refusals,
  } satisfies Module & Record<string, unknown>;
}
