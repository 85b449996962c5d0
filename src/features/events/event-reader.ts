import type { OutboxRow } from '../../platform/changes/outbox.model.ts';
import type { AuditRecord } from '../audit/audit.model.ts';
import type { GatehouseEvent } from './event.types.ts';

/** Reads the event of a row of the outbox from its audit record. */
export type ReadEvent = (row: Pick<OutboxRow, 'tenantId' | 'action' | 'target' | 'at'>, recordId: string) => Promise<GatehouseEvent>;

export interface ReadEventDeps {
  readonly readRecord: (tenantId: string, recordId: string) => Promise<AuditRecord | null>;
  /** Loads the location of a tenant; undefined if it is known already. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
}

/** Creates the function that reads events. The record may be gone, for example with its tenant: the event then has no details. */
export function createReadEvent({ readRecord, ensureLocated }: ReadEventDeps): ReadEvent {
  return async (row, recordId) => {
    await ensureLocated(row.tenantId);
    const record = await readRecord(row.tenantId, recordId);
    return record ? eventOf(record) : Object.freeze({ ...headOf(row), eventId: recordId, actor: null });
  };
}

/** The event of an audit record of a change. */
export function eventOf({ _id, tenantId, action, at, target, userId, actorTenantId, via, before, after }: AuditRecord): GatehouseEvent {
  return Object.freeze({
    ...headOf({ tenantId, action, at, target: target ?? { kind: '', id: '' } }), eventId: _id,
    actor: { userId, ...(actorTenantId !== undefined && { tenantId: actorTenantId }), ...(via && { via }) },
    ...(before && { before }), ...(after && { after }),
  });
}

function headOf({ tenantId, action, at, target: { kind, id } }: Pick<OutboxRow, 'tenantId' | 'action' | 'target' | 'at'>) {
  // Changes are recorded with these actions and targets alone.
  return { event: action as GatehouseEvent['event'], at, tenantId, target: { kind, id } as GatehouseEvent['target'] };
}
