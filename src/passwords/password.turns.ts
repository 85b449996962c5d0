import { AppError } from '../errors.ts';

const placesPerSource = 2;

/** A place in the queue, held by somebody until it is left. */
export interface Place {
  /** Does the work as soon as it is its turn, and hands on the turn when it has ended, however it ended. Refuses with `not-ready` once closed. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export interface TurnsLoad {
  readonly running: number;
  readonly queued: number;
  readonly refused: number;
}

/** The order in which work gets its turn: first come, first served, whatever kind of work it is. */
export interface Turns {
  /**
   * Holds a place as long as the work takes, which may do something in that place, or nothing.
   *
   * Refuses at once with `password-queue-full` when all places are held, or when this source already holds two; with
   * `not-ready` once closed.
   */
  hold<T>(source: string | undefined, work: (place: Place) => Promise<T>): Promise<T>;
  /** How many places run, how many are held besides, and how many were refused so far. */
  load(): TurnsLoad;
  /** What waits now, and what comes later, is refused with `not-ready`. What runs is not touched. */
  close(): void;
}

/** Makes turns of which `atOnce` run and `maxWaiting` wait. */
export function createTurns({ atOnce, maxWaiting }: { readonly atOnce: number; readonly maxWaiting: number }): Turns {
  const places = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let held = 0;
  let running = 0;
  let refused = 0;
  let closed = false;

  function requireOpen(): void {
    if (closed) throw new AppError('not-ready');
  }

  function takePlace(source: string | undefined): void {
    const own = source === undefined ? 0 : places.get(source) ?? 0;
    if (own >= placesPerSource || held >= atOnce + maxWaiting) {
      refused += 1;
      throw new AppError('password-queue-full');
    }
    held += 1;
    if (source !== undefined) places.set(source, own + 1);
  }

  function leavePlace(source: string | undefined): void {
    held -= 1;
    if (source === undefined) return;
    const left = (places.get(source) ?? 1) - 1;
    if (left === 0) places.delete(source);
    else places.set(source, left);
  }

  const place: Place = {
    async during(work) {
      if (running < atOnce) running += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        requireOpen();
        return await work();
      } finally {
        // Who waits longest takes over this turn, so that nobody who comes now gets in between.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };

  return {
    async hold(source, work) {
      requireOpen();
      takePlace(source);
      try {
        return await work(place);
      } finally {
        leavePlace(source);
      }
    },
    load: () => ({ running, queued: held - running, refused }),
    close() {
      closed = true;
    },
  };
}
