import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { describeError } from '../../errors/describe-error.ts';
import type { EventListener, EventName, GatehouseEvent } from './event.types.ts';

/** A listener and its event. */
export interface Listening {
  readonly event: EventName | '*';
  readonly listener: EventListener;
}

/** Whether one of these listeners wants an action. */
export function wantsOf(listening: readonly Listening[]): (action: string) => boolean {
  return (action) => listening.some(({ event }) => event === '*' || event === action);
}

/** The listeners that want an event. */
export function listenersOf(listening: readonly Listening[], { event }: GatehouseEvent): EventListener[] {
  return listening.filter((each) => each.event === '*' || each.event === event).map(({ listener }) => listener);
}

/** After how long a listener that has not ended is reported, in ms. */
const slow = 60_000;

/** Pause before a listener is called again, in ms. It doubles up to `longest`. */
const pauses = { first: 100, longest: 60_000 };

export interface DeliverDeps {
  readonly name: string;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
  /** Ends the pauses when this process stops. */
  readonly signal: AbortSignal;
}

/**
 * Calls listeners one after the other, each until it succeeds. `requireMay` is called before each call, and its error ends the delivery.
 *
 * Rejects when this process stops.
 */
export async function deliver(
  event: GatehouseEvent, listeners: readonly EventListener[], requireMay: () => void, { name, logger, signal }: DeliverDeps,
): Promise<void> {
  for (const listener of listeners) {
    for (let [attempt, pause] = [1, pauses.first]; ; attempt += 1, pause = Math.min(2 * pause, pauses.longest)) {
      signal.throwIfAborted();
      requireMay();
      const reminder = setInterval(() => {
        logger.warn({ listener: name, event: event.event, eventId: event.eventId }, 'a listener has not ended: later events wait');
      }, slow);
      reminder.unref();
      try {
        await listener(event);
        break;
      } catch (error) {
        logger.error(
          { err: describeError(error), listener: name, event: event.event, eventId: event.eventId, attempt, retryAfterMs: pause },
          'a listener failed: it is called again, and later events wait',
        );
      } finally {
        clearInterval(reminder);
      }
      await sleep(pause, undefined, { signal, ref: false });
    }
  }
}
