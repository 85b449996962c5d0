import { AppError } from '../../errors/errors.ts';
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

/**
 * Creates the function that reads events. The event has no details if its record is gone, for example with its tenant, or if the tenant is
 * being moved: events of other tenants must not wait for that.
 */
export function createReadEvent({ readRecord, ensureLocated }: ReadEventDeps): ReadEvent {
  async function readUnlessMoving(tenantId: string, recordId: string): Promise<AuditRecord | null> {
    try {
      await ensureLocated(tenantId);
      return await readRecord(tenantId, recordId);
    } catch (error) {
      if (error instanceof AppError && error.code === 'tenant-moving') return null;
      throw error;
    }
  }

  return async (row, recordId) => {
    const record = await readUnlessMoving(row.tenantId, recordId);
    return record ? eventOf(record) : Object.freeze({ ...headOf(row), eventId: recordId, actor: null });
  };
}

/** The event of an audit record of a change. */
export function eventOf({ _id, tenantId, action, at, target, userId, actorTenantId, via, before, after }: AuditRecord): GatehouseEvent {
  return freezeDeep({
    ...headOf({ tenantId, action, at, target: target ?? { kind: '', id: '' } }), eventId: _id,
    actor: { userId, ...(actorTenantId !== undefined && { tenantId: actorTenantId }), ...(via && { via }) },
    ...(before && { before }), ...(after && { after }),
  });
}

/** A listener must not change what the next one gets. Times stay as they are, because they cannot be frozen. */
function freezeDeep<T extends object>(value: T): T {
  for (const each of Object.values(value) as unknown[]) if (typeof each === 'object' && each !== null) freezeDeep(each);
  return Object.freeze(value);
}

function headOf({ tenantId, action, at, target: { kind, id } }: Pick<OutboxRow, 'tenantId' | 'action' | 'target' | 'at'>) {
  // Changes are recorded with these actions and targets alone.
  return { event: action as GatehouseEvent['event'], at, tenantId, target: { kind, id } as GatehouseEvent['target'] };
}
