import type { OutboxEvent, OutboxStore, OutboxStream, ResumeToken } from '../../platform/changes/outbox.store.ts';
import { withDeadline } from '../../platform/database/deadline.ts';
import type { EventPlace } from './event-position.store.ts';
import type { GatehouseEvent } from './event.types.ts';
import type { ReadEvent } from './event-reader.ts';

/** A place in the order of the commits, with the event there. Without an event, only the place has moved. */
export interface Step extends EventPlace {
  readonly event?: GatehouseEvent;
}

/** The end of the outbox at a moment, and the steps after it. */
export interface FreshSteps {
  readonly place: EventPlace;
  readonly steps: AsyncGenerator<Step>;
  /** Ends the steps, also if nobody has asked for the first one. */
  close(): Promise<void>;
}

export interface FollowEventsDeps {
  readonly outbox: Pick<OutboxStore, 'followRecords'>;
  readonly readEvent: ReadEvent;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Longest silence of a stream, in ms. The server answers at least twice a second, so a connection that is silent for longer is dead. */
const silence = 15_000;

/** Longest time to close a stream, in ms. */
const patience = 1_000;

/** Creates the functions that follow the committed changes of all nodes, in the order of the commits. */
export function createFollowEvents({ outbox, readEvent, clock }: FollowEventsDeps) {
  /** `wants` says whether somebody listens to an action: the audit records of others are not read. */
  async function* stepsOf(stream: OutboxStream, wants: (action: string) => boolean): AsyncGenerator<Step> {
    try {
      for (;;) {
        const change = await next(stream);
        if (!change) {
          yield { token: tokenOf(stream), at: new Date(clock()) };
          continue;
        }
        const row = change.operationType === 'insert' ? change.fullDocument : undefined;
        const event = row?.recordId !== undefined && wants(row.action) ? await readEvent(row, row.recordId) : undefined;
        yield { token: change._id, at: row?.at ?? new Date(clock()), ...(event && { event, eventId: event.eventId }) };
      }
    } finally {
      await close(stream);
    }
  }

  return {
    /** Every step after a place. It waits at the end of the outbox, and throws if the stream breaks. */
    after: (token: ResumeToken, wants: (action: string) => boolean) => stepsOf(outbox.followRecords(token), wants),
    /** The end of the outbox now, and every step after it. */
    async fromNow(wants: (action: string) => boolean): Promise<FreshSteps> {
      const stream = outbox.followRecords();
      // A change that arrives at once marks the place. It is not delivered, because it was committed before the listener began.
      const first = await next(stream);
      const place = { token: first?._id ?? tokenOf(stream), at: new Date(clock()) };
      return { place, steps: stepsOf(stream, wants), close: () => close(stream) };
    },
  };
}

export type FollowEvents = ReturnType<typeof createFollowEvents>;

async function next(stream: OutboxStream): Promise<OutboxEvent | null> {
  const change = await withDeadline(stream.tryNext(), silence);
  if (stream.closed) throw new Error('The change stream on the outbox ended.');
  return change;
}

/** An absent place would be stored, and would mean "from now on" at the next start. */
function tokenOf({ resumeToken }: OutboxStream): ResumeToken {
  if (resumeToken === null || resumeToken === undefined) throw new Error('The database gave no place of the change stream on the outbox.');
  return resumeToken;
}

async function close(stream: OutboxStream): Promise<void> {
  await withDeadline(stream.close(), patience).catch(() => undefined);
}

/**
 * Error codes of a MongoDB server for a place that it does not know any more: 286 ChangeStreamHistoryLost, 280 ChangeStreamFatalError,
 * 260 InvalidResumeToken, 40615 and 40647 (a token of another collection or server), 9 FailedToParse.
 */
const lostCodes = new Set<unknown>([9, 260, 280, 286, 40615, 40647]);

/** Whether the database does not know a place any more, so that events after it must be found in another way. */
export function isPlaceLost(error: unknown): boolean {
  return error instanceof Error && error.name === 'MongoServerError' && 'code' in error && lostCodes.has(error.code);
}
