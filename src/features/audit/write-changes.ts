import type { Actor, Change } from '../../platform/changes/change.service.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { AuditRecord } from './audit.model.ts';
import type { AuditStore } from './audit.store.ts';

/**
 * Writes the records of changes in the transaction of the changes. An actor from another tenant gets a record in the trail of
 * both tenants. Answers the id of the record of each change, in the tenant of the change.
 */
export type WriteChanges = (actor: Actor, changes: readonly Change[], session: ClientSession) => Promise<readonly string[]>;

export interface WriteChangesDeps {
  readonly store: Pick<AuditStore, 'create'>;
  /** How long a record stays, in days. */
  readonly auditDays: number;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** When a record from `now` (ms since 1970) is deleted. */
export function auditExpiry(now: number, auditDays: number): Date {
  return new Date(now + auditDays * 24 * 60 * 60 * 1_000);
}

/** Creates the function that records changes in the audit trail. */
export function createWriteChanges({ store, auditDays, clock }: WriteChangesDeps): WriteChanges {
  return async ({ tenantId, homeTenantId, userId, sessionId, ip, userAgent, requestId, via }, changes, session) => {
    const now = clock();
    const record = (change: Change, owner: Pick<AuditRecord, 'tenantId' | 'actorTenantId' | 'targetTenantId'>): AuditRecord => ({
      _id: newId(),
      ...owner, userId, sessionId, ip, userAgent, requestId,
      ...(via && { via }),
      at: new Date(now),
      lastAt: new Date(now),
      expiresAt: auditExpiry(now, auditDays),
      action: change.action,
      result: 'done',
      target: { ...change.target },
      ...changedFields(change.before ?? {}, change.after ?? {}),
      count: 1,
    });
    const records = changes.map(
      (change) => record(change, { tenantId, ...(homeTenantId !== undefined && { actorTenantId: homeTenantId }) }),
    );
    await store.create(records, session);
    if (homeTenantId !== undefined) await store.create(
      changes.map((change) => record(change, { tenantId: homeTenantId, targetTenantId: tenantId })), session,
    );
    return records.map(({ _id }) => _id);
  };
}

/** The fields that differ between two states. A field that is missing in one of them is null there. */
function changedFields(
  before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>,
): Pick<AuditRecord, 'before' | 'after'> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (names.length === 0) return {};
  const pick = (state: Readonly<Record<string, unknown>>) => Object.fromEntries(names.map((name) => [name, state[name] ?? null]));
  return { before: pick(before), after: pick(after) };
}
