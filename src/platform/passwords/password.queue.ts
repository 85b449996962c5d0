import { AppError } from '../../errors/errors.ts';
import { createFairLine } from './fair-line.ts';
import type { FairLine } from './fair-line.ts';

/**
 * Who asks: a source that nobody knows, such as an IP address, or somebody `known`, such as a device on which its user has
 * logged in before. Undefined: the server itself, whose requests have nothing to do with each other.
 */
export type Asker = string | { readonly known: string } | undefined;

/** A place at work, held by somebody until it is left. */
export interface Place {
  /** Does the work as soon as it is its turn, and hands on the turn when it has ended, however it ended. Refuses with `not-ready` once closed. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export interface PasswordQueueLoad {
  readonly running: number;
  readonly queued: number;
  readonly refused: number;
}

/** The order in which work gets its turn, whatever kind of work it is: the sources take turns. */
export interface PasswordQueue {
  /**
   * Waits for a place and holds it as long as the work takes, which may do something in that place, or nothing.
   *
   * One asker holds two places at most; what more it asks for waits. Those who are known wait in a line of their own, and every
   * second place is theirs: however many unknown sources come, they keep none of them out. Refuses with `password-queue-full`
   * where the line is full, and with `not-ready` once closed. Work must not ask for another place.
   */
  hold<T>(asker: Asker, work: (place: Place) => Promise<T>): Promise<T>;
  /** How many places run, how many are held or waited for besides, and how many were refused so far. */
  load(): PasswordQueueLoad;
  /** What waits now, and what comes later, is refused with `not-ready`. What runs is not touched. */
  close(): void;
}

export interface PasswordQueueOptions {
  /** How much work is done at the same time. As many places besides are held by those who get ready meanwhile. */
  readonly atOnce: number;
  /** How many wait for a place, of those who are known and of the others each. */
  readonly maxWaiting: number;
}

const placesPerAsker = 2;

/** Creates the queue. */
export function createPasswordQueue({ atOnce, maxWaiting }: PasswordQueueOptions): PasswordQueue {
  const most = 2 * atOnce;
  const holding = new Map<string, number>();
  const known = createFairLine(maxWaiting);
  const unknown = createFairLine(maxWaiting);
  /** Whose turn it is when both have somebody waiting. */
  let [first, second]: [FairLine, FairLine] = [known, unknown];
  const waiting: (() => void)[] = [];
  let held = 0;
  let running = 0;
  let refused = 0;
  let asked = 0;
  let closed = false;

  function requireOpen(): void {
    if (closed) throw new AppError('not-ready');
  }

  const isBelowLimit = (source: string): boolean => (holding.get(source) ?? 0) < placesPerAsker;

  function take(source: string): void {
    held += 1;
    holding.set(source, (holding.get(source) ?? 0) + 1);
  }

  function leave(source: string): void {
    held -= 1;
    const left = (holding.get(source) ?? 1) - 1;
    if (left === 0) holding.delete(source);
    else holding.set(source, left);
    while (held < most) {
      const next = first.next(isBelowLimit) ?? second.next(isBelowLimit);
      if (!next) return;
      [first, second] = [second, first];
      take(next.source);
      next.admit();
    }
  }

  function sourceOf(asker: Asker): string {
    if (asker === undefined) return `server ${(asked += 1)}`;
    return typeof asker === 'string' ? `source ${asker}` : `known ${asker.known}`;
  }

  function wait(asker: Asker, source: string): Promise<void> {
    return new Promise((admit, fail) => {
      const refuse = () => {
        refused += closed ? 0 : 1;
        fail(new AppError(closed ? 'not-ready' : 'password-queue-full'));
      };
      if (!(typeof asker === 'object' ? known : unknown).join({ source, admit, refuse })) refuse();
    });
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
    async hold(asker, work) {
      requireOpen();
      const source = sourceOf(asker);
      // An asker who waits while a place is free has two places already: a new one does not overtake anybody.
      if (held < most && isBelowLimit(source)) take(source);
      else await wait(asker, source);
      try {
        return await work(place);
      } finally {
        leave(source);
      }
    },
    load: () => ({ running, queued: held + known.size() + unknown.size() - running, refused }),
    close() {
      closed = true;
      for (const { refuse } of [...known.clear(), ...unknown.clear()]) refuse();
    },
  };
}
