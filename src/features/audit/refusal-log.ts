import { sourceOf } from '../../http/request/client-ip.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { AuditRecord } from './audit.model.ts';
import type { AuditStore } from './audit.store.ts';
import type { Refusal, RefusalLog } from './refusal.types.ts';
import { auditExpiry } from './write-changes.ts';

export interface RefusalLogDeps {
  readonly store: Pick<AuditStore, 'writeCounts'>;
  readonly auditDays: number;
  readonly clock: () => number;
  /** Sees to it that it is known where a tenant's records are kept; undefined where it is. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
  readonly onError: (error: unknown) => void;
  /** ms between two writes. */
  readonly interval?: number;
  /** Sources counted at a time; the rest is counted together. */
  readonly maxCounters?: number;
}

const windowMilliseconds = 60_000;
const maxUrlLength = 512;
const maxUserAgentLength = 256;

interface Counter {
  readonly record: AuditRecord;
  readonly endsAt: number;
  written: number;
}

/**
 * Creates the record of refusals that refused callers cannot flood.
 *
 * Refusals of one source (IPv6 by /64) with the same code within a minute become one record with a count, of at most
 * 10,000 at a time; they are written in batches, beside the requests. A crash loses at most the last second's.
 */
export function createRefusalLog(
  { store, auditDays, clock, ensureLocated, onError, interval = 1_000, maxCounters = 10_000 }: RefusalLogDeps,
): RefusalLog {
  const counters = new Map<string, Counter>();
  let writing = Promise.resolve();
  const timer = setInterval(() => void flush(), interval);
  timer.unref();

  function note(refusal: Refusal): void {
    const now = clock();
    const { tenantId, userId, action, code } = refusal;
    if (add(`${tenantId} ${sourceOf(refusal.ip)} ${userId ?? ''} ${action} ${code}`, refusal, now, counters.size < maxCounters)) return;
    // The rest names no source: what its records hold of the first refusal would accuse one for all.
    add(
      `${tenantId} others`, { ...refusal, ip: null, userAgent: null, userId: null, sessionId: null, requestId: null, url: '' }, now, true,
    );
  }

  /** Counts a refusal, under a new counter if it needs one and may have it; false if it may not. */
  function add(key: string, refusal: Refusal, now: number, mayStart: boolean): boolean {
    const held = counters.get(key);
    const isPending = held !== undefined && held.written < held.record.count;
    // A counter past its minute goes on while it is not written and no room is beside it: memory is bounded, nothing is lost.
    if (held && (now < held.endsAt || (isPending && counters.size >= maxCounters))) {
      held.record.count += 1;
      held.record.lastAt = new Date(now);
      return true;
    }
    if (!held && !mayStart) return false;
    if (isPending) counters.set(`${key} ${held.record._id}`, held);
    counters.set(key, { record: recordOf(refusal, now, auditDays), endsAt: now + windowMilliseconds, written: 0 });
    return true;
  }

  function flush(): Promise<void> {
    writing = writing.then(write).catch(onError);
    return writing;
  }

  async function write(): Promise<void> {
    const now = clock();
    const due = [...counters].filter(([, counter]) => counter.written < counter.record.count);
    for (const [key, counter] of counters) if (now >= counter.endsAt && counter.written === counter.record.count) counters.delete(key);
    const tenants = new Set(due.map(([, { record }]) => record.tenantId));
    for (const tenantId of tenants) await writeOf(
      tenantId, due.flatMap(([, counter]) => (counter.record.tenantId === tenantId ? counter : [])),
    ).catch(onError);
  }

  /** What cannot be written, where the tenant is being moved for instance, is left for the next time. */
  async function writeOf(tenantId: string, due: readonly Counter[]): Promise<void> {
    await ensureLocated(tenantId);
    const counts = due.map(({ record }) => record.count);
    await store.writeCounts(due.map(({ record }) => record));
    for (const [index, counter] of due.entries()) counter.written = counts[index] ?? 0;
  }

  return {
    note,
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

function recordOf({ url, userAgent, ...refusal }: Refusal, now: number, auditDays: number): AuditRecord {
  return {
    ...refusal,
    _id: newId(),
    at: new Date(now),
    lastAt: new Date(now),
    expiresAt: auditExpiry(now, auditDays),
    result: 'refused',
    url: url.slice(0, maxUrlLength),
    userAgent: userAgent?.slice(0, maxUserAgentLength) ?? null,
    count: 1,
  };
}
