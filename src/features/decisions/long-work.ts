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

/** Length of a slice, in ms. The longest decision takes 5 ms, so a slice with one takes less than 10 ms. */
const slice = 4;
/** A slice that took longer than this, in ms, has waited for the database. Only this time counts as its work. */
const longest = 10;
/** While other work uses this thread, long work rests after each slice for this many times the length of the slice. */
const rest = 3;
/** Other work counts as using the thread if it took more than this share of the time. */
const busyShare = 0.05;
/** The share is measured over at least this time, in ms. */
const measured = 20;

/**
 * Creates the scheduler of all long work of one Gatehouse. Only one piece of long work runs at a time.
 *
 * If several pieces ran, each would take one slice in every turn of the event loop. A request that needs three turns would
 * then wait for three times as many slices. On a thread without other work, a piece goes on at once.
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
