import { setTimeout as sleep } from 'node:timers/promises';
import type { OutboxEvent, OutboxStore, OutboxStream } from '../changes/outbox.store.ts';
import type { ChangeNotice } from '../changes/peers.ts';
import { withDeadline } from '../database/deadline.ts';
import { createHeartbeat } from './heartbeat.ts';
import type { Moment } from './heartbeat.ts';

/** Follows the changes of all nodes, and knows how far it lags behind. */
export interface ChangeFeed {
  start(): void;
  /** Whether this node knows every change that is older than `maxStaleness`. Call it at the moment of each decision. */
  isFresh(): boolean;
  state(): FeedState;
  close(): Promise<void>;
}

export interface FeedState {
  /** `reading`: caches are not used, and each decision reads the store. */
  readonly mode: 'fresh' | 'reading';
  /** Age of the newest heartbeat that came back, in seconds; Infinity before the first. */
  readonly lagSeconds: number;
}

export interface ChangeFeedDeps {
  readonly outbox: Pick<OutboxStore, 'follow' | 'beat' | 'endBeats'>;
  /** Maximum lag of the caches, in ms. With 0, no feed is followed, and no cache entry is used. */
  readonly maxStaleness: number;
  /** Called for each change, in the order of the commits. */
  readonly onNotice: (notice: ChangeNotice) => void;
  /** Called when changes may have been missed. Everything that was read before is then invalid. */
  readonly onGap: () => void;
  readonly onError: (error: unknown) => void;
  readonly clock: () => number;
  readonly momentNow?: () => Moment;
}

const never: Moment = { monotonic: -Infinity, wall: -Infinity };
const readClocks = (): Moment => ({ monotonic: performance.now(), wall: Date.now() });

/** Time between two heartbeats, in ms. Several of them fit into the shortest useful `maxStaleness`. */
const interval = 250;

/** Pause before a broken stream is opened again, in ms. It doubles up to `longest`, and starts over after a stream that delivered. */
const pauses = { first: 100, longest: 5_000 };

/**
 * Longest silence of a stream, in ms.
 *
 * Heartbeats come back in it all the time, so a connection that is silent for longer is dead. Nobody may have closed it, for
 * example if a machine between the two has failed.
 */
const silence = 15_000;

/** Longest time to send a heartbeat, in ms. On a dead connection, it would never end. */
const sendLimit = 5_000;

/** Longest time to close a stream or the feed, in ms. */
const patience = 1_000;

/**
 * Creates the feed of one node: a change stream on the outbox, in which its own heartbeats come back among all changes.
 *
 * The stream keeps the order of the commits. A heartbeat that came back therefore proves that this node has seen every change
 * before the moment at which the heartbeat was sent. The driver resumes a broken stream after its last event. If it cannot, or
 * if the stream is silent, another stream is opened. `onGap` is called before the feed is fresh again.
 */
export function createChangeFeed(
  { outbox, maxStaleness, onNotice, onGap, onError, clock, momentNow = readClocks }: ChangeFeedDeps,
): ChangeFeed {
  const heartbeat = createHeartbeat({ outbox, clock, momentNow });
  const ended = new AbortController();
  const isEnded = () => ended.signal.aborted;
  /** The time at which the newest heartbeat that came back was sent. */
  let sentAt = never;
  let isAttached = false;
  let stream: OutboxStream | undefined;
  let running: Promise<unknown> = Promise.resolve();

  /** The greater age of the two clocks: while a machine sleeps, one of them stands still, but other nodes may change things. */
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
    // Changes between an earlier read and the start of this stream are not in the stream.
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

  /** Rejects when the stream ends, breaks or is silent for too long. Its later events are ignored. */
  async function followOnce(): Promise<never> {
    const opened = outbox.follow();
    stream = opened;
    try {
      return await readUntilSilent(opened, (event) => { if (stream === opened) handle(event); });
    } finally {
      stream = undefined;
      await withDeadline(opened.close(), patience).catch(() => undefined);
    }
  }

  async function beat(): Promise<void> {
    while (!isEnded()) {
      await withDeadline(heartbeat.send(), sendLimit).catch(() => undefined); // a lost heartbeat needs no report: the feed ages
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
      // Do not wait for a database that does not answer: the row expires by itself.
      await withDeadline(ending.then(() => heartbeat.end()), patience).catch(() => undefined);
    },
  };
}

/** Passes the events of a stream on. Rejects when the stream ends, breaks or is silent for too long. */
async function readUntilSilent(stream: OutboxStream, handle: (event: OutboxEvent) => void): Promise<never> {
  let heardAt = performance.now();
  let watch: NodeJS.Timeout | undefined;
  const fallsSilent = new Promise<never>((_resolve, reject) => {
    watch = setInterval(() => {
      if (performance.now() - heardAt > silence) reject(new Error(`The change stream on the outbox was silent for ${silence} ms.`));
    }, silence / 10).unref();
  });
  async function read(): Promise<never> {
    for await (const event of stream) {
      heardAt = performance.now();
      handle(event);
    }
    throw new Error('The change stream on the outbox ended.');
  }
  try {
    return await Promise.race([read(), fallsSilent]);
  } finally {
    clearInterval(watch);
  }
}
