import { setImmediate as afterOthers, setTimeout as sleep } from 'node:timers/promises';

/** Divides a piece of long work into slices, so that it does not hold up other requests. */
export interface LongWork {
  /** Whether the current slice has lasted long enough. */
  isDue(): boolean;
  /** Resolves when the next slice may begin. */
  pause(): Promise<void>;
}

/** Begins a piece of long work and its first slice. */
export type BeginLongWork = () => LongWork;

export interface LongWorkDeps {
  /** ms; never goes back */
  readonly monotonic?: () => number;
  /** How long this thread has worked since it started, in ms. */
  readonly active?: () => number;
}

/** How long a slice lasts, in ms: with the longest decision, which takes 5, that is less than 10. */
const slice = 4;
/** A slice that lasted longer waited for the database meanwhile, in ms. */
const longest = 10;
/** While others use this thread, all long work rests after a slice for this many times the length of the slice. */
const rest = 3;
/** Others use the thread if they worked for more than this share of the time. */
const busyShare = 0.05;
/** The share is measured over at least this time, in ms. */
const measured = 20;

/**
 * Creates the plan of all long work of one Gatehouse, by which only one piece runs at a time.
 *
 * Otherwise several pieces take one slice each in every turn of the event loop, and a request that needs three turns waits
 * for three times as many slices. On a thread that nobody else uses, a piece goes on at once.
 */
export function createLongWork(
  { monotonic = () => performance.now(), active = () => performance.eventLoopUtilization().active }: LongWorkDeps = {},
): BeginLongWork {
  /** When the next slice may begin, by `monotonic`. */
  let nextAt = 0;
  let others = { at: monotonic(), active: active(), own: 0, areBusy: false };
  let own = 0;

  function areOthersBusy(now: number): boolean {
    const elapsed = now - others.at;
    if (elapsed < measured) return others.areBusy;
    const worked = active();
    others = { at: now, active: worked, own, areBusy: worked - others.active - (own - others.own) > busyShare * elapsed };
    return others.areBusy;
  }

  return () => {
    let since = monotonic();
    return {
      isDue: () => monotonic() - since >= slice,
      async pause() {
        const now = monotonic();
        const took = Math.min(now - since, longest);
        own += took;
        const factor = areOthersBusy(now) ? rest : 0;
        const startsAt = Math.max(nextAt, now + factor * took);
        nextAt = startsAt + (1 + factor) * slice;
        if (startsAt > now) await sleep(startsAt - now);
        else await afterOthers();
        since = monotonic();
      },
    };
  };
}
