import { constants } from 'node:os';

/** What asks a process to stop. */
const stopSignals = ['SIGINT', 'SIGTERM'] as const;

/** Resolves at the first SIGINT or SIGTERM; the next one ends the process at once, with 128 and its number as shells have it: 130 or 143. */
export function untilStopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false;
    for (const signal of stopSignals) {
      process.on(signal, () => {
        if (isAsked) process.exit(128 + constants.signals[signal]);
        isAsked = true;
        resolve();
      });
    }
  });
}

/** Leaves these signals to another process, which a terminal or a service manager sends them too. */
export function ignoreStopSignals(): void {
  for (const signal of stopSignals) process.on(signal, () => undefined);
}
