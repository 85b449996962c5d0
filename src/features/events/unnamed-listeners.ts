import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { describeError } from '../../errors/describe-error.ts';
import { listenersOf, wantsOf } from './deliver.ts';
import type { Listening } from './deliver.ts';
import type { FollowEvents, FreshSteps, Step } from './follow-events.ts';
import { isPlaceLost } from './follow-events.ts';
import type { EventPlace } from './event-position.store.ts';

/** Calls listeners without a name with everything that is committed while this process runs. */
export interface UnnamedListeners {
  /** Begins to listen. Everything that is committed after it resolves is heard, as soon as `begin` was called. */
  prepare(): Promise<void>;
  begin(): void;
  close(): Promise<void>;
}

export interface UnnamedListenersDeps {
  /** Read at each event, because listeners may be added at any time. */
  readonly listening: readonly Listening[];
  readonly follow: FollowEvents;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
}

/** Longest time to wait for the stream when this process stops, in ms. */
const patience = 5_000;

/** Pause before a broken stream is opened again, in ms. */
const pause = 1_000;

/** Creates the delivery to listeners without a name. Nobody waits for them, and their failures are only logged. */
export function createUnnamedListeners({ listening, follow, logger }: UnnamedListenersDeps): UnnamedListeners {
  const ended = new AbortController();
  const { signal } = ended;
  const isEnded = () => signal.aborted;
  const wants = (action: string) => wantsOf(listening)(action);
  let running: Promise<void> = Promise.resolve();
  let started: Promise<void> | undefined;

  async function hear(steps: AsyncIterable<Step>, place: EventPlace): Promise<EventPlace> {
    let last = place;
    try {
      for await (const { event, token, at } of steps) {
        if (signal.aborted) return last;
        last = { token, at };
        if (event) for (const listener of listenersOf(listening, event)) void call(listener, event);
      }
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: describeError(error) }, 'the stream of events broke and is opened again');
      if (isPlaceLost(error)) return await placeNow() ?? last;
    }
    return last;
  }

  /** Undefined if the database does not answer. */
  async function placeNow(): Promise<EventPlace | undefined> {
    const fresh = await follow.fromNow(wants).catch(() => undefined);
    await fresh?.close();
    return fresh?.place;
  }

  async function call(listener: Listening['listener'], event: NonNullable<Step['event']>): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      logger.error(
        { err: describeError(error), event: event.event, eventId: event.eventId },
        'a listener failed: it has no name, so it is not called again',
      );
    }
  }

  async function run(steps: AsyncIterable<Step>, place: EventPlace): Promise<void> {
    for (let last = await hear(steps, place); !isEnded();) {
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (!isEnded()) last = await hear(follow.after(last.token, wants), last);
    }
  }

  let prepared: FreshSteps | undefined;
  let isBegun = false;

  function hearPrepared(): void {
    if (!prepared || !isBegun || isEnded()) return;
    const { steps, place } = prepared;
    prepared = undefined;
    running = run(steps, place).catch((error: unknown) => {
      logger.error({ err: describeError(error) }, 'the stream of events has ended: listeners without a name hear nothing more');
    });
  }

  return {
    prepare() {
      started ??= follow.fromNow(wants).then((fresh) => {
        prepared = fresh;
        hearPrepared();
      }, (error: unknown) => {
        started = undefined;
        throw error;
      });
      return started;
    },
    begin() {
      isBegun = true;
      hearPrepared();
    },
    async close() {
      ended.abort();
      const whole = (async () => {
        await started?.catch(() => undefined);
        await prepared?.close();
        await running;
      })();
      await Promise.race([whole, sleep(patience, undefined, { ref: false })]);
    },
  };
}
