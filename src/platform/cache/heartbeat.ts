import { randomUUID } from 'node:crypto';
import type { OutboxStore } from '../changes/outbox.store.ts';

/** What a node writes into the feed to learn how old its knowledge is. */
export interface Heartbeat {
  /** Writes the next number; one write at a time. */
  send(): Promise<void>;
  /** When the heartbeat was sent that comes back in a row of the feed; undefined where it is none of this node's. */
  sentAt(rowId: unknown, beat: unknown): Moment | undefined;
  /** Removes the row. */
  end(): Promise<void>;
}

/** A moment by two clocks, in ms: one never goes back but may stand still while the machine sleeps, the other does what people set it to. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export interface HeartbeatDeps {
  readonly outbox: Pick<OutboxStore, 'beat' | 'endBeats'>;
  readonly clock: () => number;
  readonly momentNow: () => Moment;
}

/** How long the row of a node stays that has ended without removing it, in ms. */
const lifetime = 60_000;

/** How many numbers may be under way. One that comes back after this many later ones is ignored. */
const maxUnderWay = 64;

/** Creates the heartbeat of one node: one row of the outbox, whose number it raises. */
export function createHeartbeat({ outbox, clock, momentNow }: HeartbeatDeps): Heartbeat {
  const _id = `heartbeat-${randomUUID()}`;
  const sent = new Map<number, Moment>();
  let number = 0;

  return {
    async send() {
      const beat = number += 1;
      // Before the write: whatever was committed until then stands before it in the feed.
      sent.set(beat, momentNow());
      for (const old of sent.keys()) if (old <= beat - maxUnderWay) sent.delete(old);
      const now = clock();
      await outbox.beat(_id, beat, { at: new Date(now), expiresAt: new Date(now + lifetime) });
    },
    sentAt: (rowId, beat) => (rowId === _id && typeof beat === 'number' ? sent.get(beat) : undefined),
    end: () => outbox.endBeats(_id),
  };
}
