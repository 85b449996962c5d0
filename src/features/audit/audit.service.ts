import type { ClientSession, Model } from 'mongoose';
import type { Actor, Change } from '../../platform/changes/change.service.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { AuditRecord } from './audit.model.ts';

export interface AuditFilter {
  readonly from?: Date;
  readonly to?: Date;
  readonly userId?: string;
  readonly action?: string;
  readonly result?: AuditRecord['result'];
}

export interface AuditService {
  /** Writes the records of changes inside their own transaction; of somebody from another tenant, in the trail of either. */
  writeChanges(actor: Actor, changes: readonly Change[], session: ClientSession): Promise<void>;
  /** Takes from all records what says more of a user than the id: addresses and names they had, where and on what they worked. */
  forget(userId: string, tx: { readonly session: ClientSession; readonly actor: Actor }): Promise<void>;
  /** Records of one tenant, the newest first. */
  load(tenantId: string, filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>>;
}

export interface AuditDeps {
  readonly model: Model<AuditRecord>;
  /** How long a record stays, in days. */
  readonly auditDays: number;
  readonly clock: () => number;
}

/** When a record made at `now` (ms) has served its time. */
export function auditExpiry(now: number, auditDays: number): Date {
  return new Date(now + auditDays * 24 * 60 * 60 * 1_000);
}

/** Creates the audit trail: written in the transaction of what it records, read page by page. */
export function createAuditService({ model, auditDays, clock }: AuditDeps): AuditService {
  return {
    async writeChanges({ tenantId, homeTenantId, userId, sessionId, ip, userAgent, requestId }, changes, session) {
      const now = clock();
      const record = (change: Change, owner: Pick<AuditRecord, 'tenantId' | 'actorTenantId' | 'targetTenantId'>): AuditRecord => ({
        _id: newId(),
        ...owner, userId, sessionId, ip, userAgent, requestId,
        at: new Date(now),
        lastAt: new Date(now),
        expiresAt: auditExpiry(now, auditDays),
        action: change.action,
        result: 'done',
        target: { ...change.target },
        ...changedFields(change.before ?? {}, change.after ?? {}),
        count: 1,
      });
      await model.insertMany(changes.map(
        (change) => record(change, { tenantId, ...(homeTenantId !== undefined && { actorTenantId: homeTenantId }) }),
      ), { session });
      if (homeTenantId !== undefined) await model.insertMany(
        changes.map((change) => record(change, { tenantId: homeTenantId, targetTenantId: tenantId })), { session },
      );
    },
    async forget(userId, { session, actor: { tenantId } }) {
      const personal = ['email', 'username', 'firstName', 'lastName'].flatMap((name) => [`before.${name}`, `after.${name}`]);
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
  };
}

/** Keeps what differs between two states; a field that one of them lacks is null there. */
function changedFields(
  before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>,
): Pick<AuditRecord, 'before' | 'after'> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (names.length === 0) return {};
  const pick = (state: Readonly<Record<string, unknown>>) => Object.fromEntries(names.map((name) => [name, state[name] ?? null]));
  return { before: pick(before), after: pick(after) };
}
