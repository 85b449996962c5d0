import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { describeError } from '../../errors/describe-error.ts';
import { deliver, listenersOf, wantsOf } from './deliver.ts';
import type { Listening } from './deliver.ts';
import type { EventPositionStore } from './event-position.store.ts';
import type { FollowEvents } from './follow-events.ts';
import type { Lease, TakeLease } from './lease.ts';
import type { StepsAfter } from './recover-events.ts';

/** Delivers to the listeners with one name, from their stored position on, as long as this process holds the lease. */
export interface NamedListeners {
  /** Stores the first position if the name has none. */
  prepare(): Promise<void>;
  /** Begins to deliver. */
  begin(): void;
  /** Waits for the listener that is running, for at most some seconds, and lets another process deliver. */
  close(): Promise<void>;
}

export interface NamedListenersDeps {
  readonly name: string;
  readonly listening: readonly Listening[];
  readonly positions: Pick<EventPositionStore, 'has' | 'begin'>;
  readonly fromNow: FollowEvents['fromNow'];
  readonly takeLease: TakeLease;
  readonly stepsAfter: StepsAfter;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Pause before the next try to get the lease, or after a failure, in ms. After failures, it doubles up to `longest`. */
const pauses = { first: 500, longest: 5_000 };

/** Time between two writes of a place at which nothing was delivered, in ms. */
const noted = 1_000;

/** Longest time to wait for a running listener when this process stops, in ms. */
const patience = 5_000;

/** Creates the delivery to the listeners with one name. */
export function createNamedListeners(
  { name, listening, positions, fromNow, takeLease, stepsAfter, logger, clock }: NamedListenersDeps,
): NamedListeners {
  const ended = new AbortController();
  const { signal } = ended;
  const isEnded = () => signal.aborted;
  const wants = wantsOf(listening);
  let running: Promise<void> = Promise.resolve();
  let held: Lease | null = null;

  async function deliverAll(lease: Lease): Promise<void> {
    let storedAt = clock();
    for await (const step of stepsAfter(lease.position, wants)) {
      signal.throwIfAborted();
      lease.requireHeld();
      if (step.event) await deliver(step.event, listenersOf(listening, step.event), lease.requireHeld, { name, logger, signal });
      else if (clock() - storedAt < noted) continue;
      await lease.advance(step);
      storedAt = clock();
    }
  }

  async function run(): Promise<void> {
    for (let pause = pauses.first; !isEnded();) {
      try {
        held = await takeLease(name);
        if (held) await deliverAll(held);
        pause = pauses.first;
      } catch (error) {
        if (isEnded()) break;
        logger.warn({ err: describeError(error), listener: name }, 'the delivery of events was interrupted and begins again');
        pause = Math.min(2 * pause, pauses.longest);
      } finally {
        await held?.release();
        held = null;
      }
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    async prepare() {
      if (!await positions.has(name)) {
        const { place, close } = await fromNow(wants);
        await close();
        await positions.begin(name, place);
      }
    },
    begin() { running = run(); },
    async close() {
      ended.abort();
      await Promise.race([running, sleep(patience, undefined, { ref: false })]);
      held?.abandon();
    },
  };
}
