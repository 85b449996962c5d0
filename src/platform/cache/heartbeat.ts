import { randomUUID } from 'node:crypto';
import type { OutboxStore } from '../changes/outbox.store.ts';

/** A number that a node writes into the feed, to learn how far it lags behind. */
export interface Heartbeat {
  /** Writes the next number; one write at a time. */
  send(): Promise<void>;
  /** The time at which the heartbeat in a row of the feed was sent; undefined if it is not one of this node. */
  sentAt(rowId: unknown, beat: unknown): Moment | undefined;
  /** Removes the row. */
  end(): Promise<void>;
}

/** A moment by two clocks, in ms. `monotonic` never goes back but may stand still while the machine sleeps; people can set `wall`. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export interface HeartbeatDeps {
  readonly outbox: Pick<OutboxStore, 'beat' | 'endBeats'>;
  readonly clock: () => number;
  readonly momentNow: () => Moment;
}

/** Lifetime of the row of a node that ended without removing it, in ms. */
const lifetime = 60_000;

/** Maximum number of heartbeats whose return is awaited. A heartbeat that comes back after this many later ones is ignored. */
const maxUnderWay = 64;

/** Creates the heartbeat of one node. It is a row of the outbox, whose number the node raises. */
export function createHeartbeat({ outbox, clock, momentNow }: HeartbeatDeps): Heartbeat {
  const _id = `heartbeat-${randomUUID()}`;
  const sent = new Map<number, Moment>();
  let number = 0;

  return {
    async send() {
      const beat = number += 1;
      // Take the time before the write: every change that was committed until then comes before it in the feed.
      sent.set(beat, momentNow());
      for (const old of sent.keys()) if (old <= beat - maxUnderWay) sent.delete(old);
      const now = clock();
      await outbox.beat(_id, beat, { at: new Date(now), expiresAt: new Date(now + lifetime) });
    },
    sentAt: (rowId, beat) => (rowId === _id && typeof beat === 'number' ? sent.get(beat) : undefined),
    end: () => outbox.endBeats(_id),
  };
}
