import { AppError } from '../errors.ts';

const placesPerSource = 2;

/** The order in which work gets its turn: first come, first served, whatever kind of work it is. */
export interface Turns {
  /**
   * Does the work as soon as it is its turn, and hands on the turn when it has ended, however it ended.
   *
   * Refuses at once with `password-queue-full` when too many wait, or when this source already holds two places (those
   * that run count); with `not-ready` once closed.
   */
  during<T>(source: string | undefined, work: () => Promise<T>): Promise<T>;
  /** Refuses with `password-queue-full` where {@link Turns.during} would refuse at this moment. */
  requirePlace(source: string | undefined): void;
  /** What waits now, and what comes later, is refused with `not-ready`. What runs is not touched. */
  close(): void;
}

/** Makes turns of which `atOnce` run and `maxWaiting` wait. */
export function createTurns({ atOnce, maxWaiting }: { readonly atOnce: number; readonly maxWaiting: number }): Turns {
  const places = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let closed = false;

  function requireOpen(): void {
    if (closed) throw new AppError('not-ready');
  }

  function heldBy(source: string | undefined): number {
    return source === undefined ? 0 : places.get(source) ?? 0;
  }

  function requirePlace(source: string | undefined): void {
    if (heldBy(source) >= placesPerSource || (running >= atOnce && waiting.length >= maxWaiting)) throw new AppError('password-queue-full');
  }

  function takePlace(source: string | undefined): void {
    requirePlace(source);
    if (source !== undefined) places.set(source, heldBy(source) + 1);
  }

  function releasePlace(source: string | undefined): void {
    if (source === undefined) return;
    const left = (places.get(source) ?? 1) - 1;
    if (left === 0) places.delete(source);
    else places.set(source, left);
  }

  return {
    async during(source, work) {
      requireOpen();
      takePlace(source);
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
        releasePlace(source);
      }
    },
    requirePlace,
    close() {
      closed = true;
    },
  };
}
