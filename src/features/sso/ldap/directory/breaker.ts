import { directoryFailure } from './directory-errors.ts';

/** Spares a directory that does not answer, and the logins that would wait for it. */
export interface Breaker {
  /** Throws a DirectoryFailure while the directory is spared. */
  require(): void;
  succeeded(): void;
  failed(): void;
}

/** Failures in a row until a directory is spared. */
const maxFailures = 2;
/** How long it is spared, in ms. */
export const breakerTime = 30_000;

/** Creates the breaker of one directory: two failures open it for 30 s. Then one login tries, and the next ones wait for what it finds. */
export function createBreaker(clock: () => number): Breaker {
  let failures = 0;
  let openedAt = -Infinity;
  return {
    require() {
      if (failures < maxFailures) return;
      const now = clock();
      // If somebody sets the clock back, the directory is spared for no longer.
      if (now >= openedAt && now - openedAt < breakerTime) throw directoryFailure('paused');
      openedAt = now;
    },
    succeeded() { failures = 0; },
    failed() {
      failures += 1;
      openedAt = clock();
    },
  };
}
