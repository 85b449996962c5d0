import { setTimeout as sleep } from 'node:timers/promises';
import type { OutboxEvent, OutboxStore, OutboxStream } from '../changes/outbox.store.ts';
import type { ChangeNotice } from '../changes/peers.ts';
import { withDeadline } from '../database/deadline.ts';
import { createHeartbeat } from './heartbeat.ts';
import type { Moment } from './heartbeat.ts';

/** Follows what all nodes change, and knows how old its knowledge is. */
export interface ChangeFeed {
  start(): void;
  /** Whether nothing that was changed before the last `maxStaleness` can be unknown here: asked at the moment of each decision. */
  isFresh(): boolean;
  state(): FeedState;
  close(): Promise<void>;
}

export interface FeedState {
  /** `reading`: what is kept in memory does not count, and each decision reads the store. */
  readonly mode: 'fresh' | 'reading';
  /** How old the newest heartbeat is that came back, in seconds; Infinity before the first. */
  readonly lagSeconds: number;
}

export interface ChangeFeedDeps {
  readonly outbox: Pick<OutboxStore, 'follow' | 'beat' | 'endBeats'>;
  /** How old knowledge may be, in ms; 0: no feed is followed, and nothing counts as fresh. */
  readonly maxStaleness: number;
  /** Told of each change, in the order of their commits. */
  readonly onNotice: (notice: ChangeNotice) => void;
  /** Told when changes may have been missed: nothing that was read before counts. */
  readonly onGap: () => void;
  readonly onError: (error: unknown) => void;
  readonly clock: () => number;
  readonly momentNow?: () => Moment;
}

const never: Moment = { monotonic: -Infinity, wall: -Infinity };
const readClocks = (): Moment => ({ monotonic: performance.now(), wall: Date.now() });

/** How often a heartbeat is sent, in ms: several of them fit into the shortest staleness that makes sense. */
const interval = 250;

/** How long a stream that broke is let be before it is opened again, in ms: longer each time, until one was of use. */
const pauses = { first: 100, longest: 5_000 };

/**
 * How long a stream may be silent, in ms: heartbeats come back in it all the time, so its connection is dead by then, though
 * nobody has said so, as where a machine between the two has gone.
 */
const silence = 15_000;

/** How long a heartbeat may be on its way, in ms: on a dead connection it would be for ever. */
const sendLimit = 5_000;

/** How long the end of a stream or of the feed may take, in ms. */
const patience = 1_000;

/**
 * Creates the feed of one node: a change stream on the outbox, in which its own heartbeats come back among all changes.
 *
 * The stream keeps the order of commits, so a heartbeat that came back proves that every change before the moment at which it
 * was sent was seen. A stream that breaks goes on after its last event (the driver sees to that); where it cannot, and where it
 * has fallen silent, another is opened, and `onGap` is told before anything counts as fresh again.
 */
export function createChangeFeed(
  { outbox, maxStaleness, onNotice, onGap, onError, clock, momentNow = readClocks }: ChangeFeedDeps,
): ChangeFeed {
  const heartbeat = createHeartbeat({ outbox, clock, momentNow });
  const ended = new AbortController();
  const isEnded = () => ended.signal.aborted;
  /** When the newest heartbeat was sent that came back. */
  let sentAt = never;
  let isAttached = false;
  let stream: OutboxStream | undefined;
  let running: Promise<unknown> = Promise.resolve();

  /** By whichever clock says more: a machine that slept knows nothing of what others changed meanwhile. */
  function age(): number {
    const { monotonic, wall } = momentNow();
    return Math.max(monotonic - sentAt.monotonic, wall - sentAt.wall);
  }

  function handle(event: OutboxEvent): void {
    if (event.operationType === 'insert') {
      const { _id, beat } = event.fullDocument;
      if (beat === undefined) onNotice(event.fullDocument);
      else noteHeartbeat(_id, beat);
    } else if (event.operationType === 'update') noteHeartbeat(event.documentKey._id, event.updateDescription.updatedFields?.beat);
  }

  function noteHeartbeat(rowId: unknown, beat: unknown): void {
    const at = heartbeat.sentAt(rowId, beat);
    if (at === undefined) return;
    // What was read before the stream was there is not covered by it.
    if (!isAttached) onGap();
    isAttached = true;
    if (at.monotonic > sentAt.monotonic) sentAt = at;
  }

  async function follow(): Promise<void> {
    for (let pause = pauses.first; !isEnded(); pause = Math.min(2 * pause, pauses.longest)) {
      try {
        await followOnce();
      } catch (error) {
        if (isAttached) pause = pauses.first;
        isAttached = false;
        sentAt = never;
        if (!isEnded()) onError(error);
      }
      await pauseFor(pause);
    }
  }

  /** Rejects as the stream ends, breaks or falls silent; nothing of it is handled from then on. */
  async function followOnce(): Promise<never> {
    const opened = outbox.follow();
    stream = opened;
    let heardAt = performance.now();
    let watch: NodeJS.Timeout | undefined;
    const fallsSilent = new Promise<never>((_resolve, reject) => {
      watch = setInterval(() => {
        if (performance.now() - heardAt > silence) reject(new Error(`The change stream on the outbox was silent for ${silence} ms.`));
      }, silence / 10).unref();
    });
    async function read(): Promise<never> {
      for await (const event of opened) {
        heardAt = performance.now();
        if (stream === opened) handle(event);
      }
      throw new Error('The change stream on the outbox ended.');
    }
    try {
      return await Promise.race([read(), fallsSilent]);
    } finally {
      clearInterval(watch);
      stream = undefined;
      await withDeadline(opened.close(), patience).catch(() => undefined);
    }
  }

  async function beat(): Promise<void> {
    while (!isEnded()) {
      await withDeadline(
        heartbeat.send(), sendLimit,
      ).catch(() => undefined); // the feed is then not fresh, which is all that there is to say
      await pauseFor(interval);
    }
  }

  async function pauseFor(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: ended.signal, ref: false }).catch(() => undefined);
  }

  return {
    start() {
      if (maxStaleness > 0) running = Promise.all([follow(), beat()]);
    },
    isFresh: () => age() <= maxStaleness,
    state: () => ({ mode: age() <= maxStaleness ? 'fresh' : 'reading', lagSeconds: age() / 1_000 }),
    async close() {
      if (isEnded() || maxStaleness === 0) return;
      ended.abort();
      const ending = Promise.all([stream?.close().catch(() => undefined), running]);
      // A database that does not answer holds up nobody: the row expires by itself.
      await withDeadline(ending.then(() => heartbeat.end()), patience).catch(() => undefined);
    },
  };
}
