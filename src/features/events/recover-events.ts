import type { AuditRecord } from '../audit/audit.model.ts';
import type { EventPosition } from './event-position.model.ts';
import { eventOf } from './event-reader.ts';
import type { FollowEvents, Step } from './follow-events.ts';
import { isPlaceLost } from './follow-events.ts';

export interface RecoverEventsDeps {
  readonly follow: FollowEvents;
  readonly tenantIds: () => Promise<string[]>;
  /** Loads the location of a tenant; undefined if it is known already. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
  readonly readChanges: (tenantId: string, from: Date, to: Date) => Promise<AuditRecord[]>;
  /** Called when the place of a name is lost. */
  readonly onLost: (name: string, since: Date, error: unknown) => void;
}

/**
 * How much earlier the audit trail is read than the lost place says, in ms.
 *
 * A record has the time at which its transaction wrote it. The transaction may commit up to a minute later, and the clocks of nodes
 * may differ.
 */
const overlap = 120_000;

/** How much of the audit trail is read at once, in ms. */
const slice = 3_600_000;

/** Every step after a position. If the database does not know the place any more, the steps come from the audit trail at first. */
export type StepsAfter = (position: EventPosition, wants: (action: string) => boolean) => AsyncGenerator<Step>;

/** Creates the function that reads the events after a position. */
export function createStepsAfter({ follow, tenantIds, ensureLocated, readChanges, onLost }: RecoverEventsDeps): StepsAfter {
  /** The changes of all tenants in this time. Their order is that of their times, because the order of the commits is lost. */
  async function changesBetween(from: number, to: number): Promise<AuditRecord[]> {
    const found: AuditRecord[] = [];
    for (const tenantId of await tenantIds()) {
      await ensureLocated(tenantId);
      found.push(...await readChanges(tenantId, new Date(from), new Date(to)));
    }
    return found.sort((one, other) => one.at.getTime() - other.at.getTime() || (one._id < other._id ? -1 : 1));
  }

  async function* recover({ token, at, recent }: EventPosition, wants: (action: string) => boolean): AsyncGenerator<Step> {
    // The stream is opened first: a change is in the trail by now, or it is in the stream.
    const { place, steps, close } = await follow.fromNow(wants);
    const known = new Set(recent);
    try {
      const end = place.at.getTime() + overlap;
      for (let from = at.getTime() - overlap; from < end; from += slice) {
        for (const record of await changesBetween(from, Math.min(from + slice, end))) {
          if (known.has(record._id) || !wants(record.action)) continue;
          known.add(record._id);
          yield { token, at: record.at, event: eventOf(record), eventId: record._id };
        }
      }
      yield place;
      for await (const step of steps) if (!step.event || !known.has(step.event.eventId)) yield step;
    } finally {
      await close();
    }
  }

  return async function* stepsAfter(position, wants) {
    try {
      yield* follow.after(position.token, wants);
    } catch (error) {
      if (!isPlaceLost(error)) throw error;
      onLost(position._id, position.at, error);
    }
    yield* recover(position, wants);
  };
}
