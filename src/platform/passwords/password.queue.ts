import { AppError } from '../../errors/errors.ts';
import { createFairLine } from './fair-line.ts';
import type { FairLine } from './fair-line.ts';

/**
 * The caller of a computation: an unknown source, such as an IP address, or a `known` one, such as a device on which the user has
 * logged in before. Undefined is the server itself; each of its requests counts as a separate caller.
 */
export type Asker = string | { readonly known: string } | undefined;

/** A place in the queue that a caller holds. */
export interface Place {
  /** Waits for a turn, does the work, and passes the turn on, even if the work fails. Throws `not-ready` after `close`. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export interface PasswordQueueLoad {
  readonly running: number;
  readonly queued: number;
  readonly refused: number;
}

/** The queue for all kinds of password work. The sources take turns. */
export interface PasswordQueue {
  /**
   * Waits for a place and holds it while the work runs. The work need not use the place.
   *
   * A caller holds at most two places, and waits for more. Known callers have their own line and get every second place, so unknown
   * sources cannot keep them out. Throws `password-queue-full` if the line is full, and `not-ready` after `close`. The work must not
   * wait for another place.
   */
  hold<T>(asker: Asker, work: (place: Place) => Promise<T>): Promise<T>;
  /** How many places run, how many are held or waited for, and how many callers were refused since the start. */
  load(): PasswordQueueLoad;
  /** Refuses waiting and later work with `not-ready`. Running work goes on. */
  close(): void;
}

export interface PasswordQueueOptions {
  /** How much work runs at the same time. The same number of further places is for callers who prepare their work. */
  readonly atOnce: number;
  /** Maximum number of waiting callers, for known callers and for unknown callers each. */
  readonly maxWaiting: number;
}

const placesPerAsker = 2;

/** Creates the queue. */
export function createPasswordQueue({ atOnce, maxWaiting }: PasswordQueueOptions): PasswordQueue {
  const most = 2 * atOnce;
  const holding = new Map<string, number>();
  const known = createFairLine(maxWaiting);
  const unknown = createFairLine(maxWaiting);
  /** The order of the two lines if callers wait in both. */
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
        // Pass the turn directly to the longest waiting work, so that new work cannot overtake it.
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
      // If a caller waits although a place is free, this caller has two places already. So a new caller overtakes nobody here.
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
