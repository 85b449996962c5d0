import { sourceOf } from '../../http/request/client-ip.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { AuditRecord } from './audit.model.ts';
import type { AuditStore } from './audit.store.ts';
import type { Refusal, RefusalLog } from './refusal.types.ts';
import { auditExpiry } from './write-changes.ts';

export interface RefusalLogDeps {
  readonly store: Pick<AuditStore, 'writeCounts'>;
  /** How long a record stays, in days. */
  readonly auditDays: number;
  /** ms since 1970 */
  readonly clock: () => number;
  /** Loads the location of a tenant; undefined if it is known already. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
  readonly onError: (error: unknown) => void;
  /** The time between two writes, in ms. */
  readonly interval?: number;
  /** How many sources are counted separately; all others are counted together. */
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
 * Creates the log of refusals, which refused callers cannot flood.
 *
 * Refusals of one source (IPv6: of one /64 network) with the same code within a minute become one record with a count. There are
 * at most 10,000 counters at a time. No request waits for the writes, which are batches. A crash loses the refusals of the last
 * second at most.
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
    // This record names no source: it has the facts of the first refusal alone, and would blame one caller for all.
    add(
      `${tenantId} others`, { ...refusal, ip: null, userAgent: null, userId: null, sessionId: null, requestId: null, url: '' }, now, true,
    );
  }

  /** Counts a refusal; false if it needs a new counter and `mayStart` is false. */
  function add(key: string, refusal: Refusal, now: number, mayStart: boolean): boolean {
    const held = counters.get(key);
    const isPending = held !== undefined && held.written < held.record.count;
    // Without room for another counter, one whose minute is over goes on until it is written: memory is bounded and nothing is lost.
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

  /** If a write fails, for instance because the tenant is being moved, the counters stay for the next write. */
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
