import { constants } from 'node:os';

/** The signals that ask a process to stop. */
const stopSignals = ['SIGINT', 'SIGTERM'] as const;

/** Resolves at the first SIGINT or SIGTERM. The next one ends the process at once. Its exit code is 130 or 143, as in shells. */
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

/** Ignores these signals in a worker. A terminal or a service manager sends them to the primary process too, which handles them. */
export function ignoreStopSignals(): void {
  for (const signal of stopSignals) process.on(signal, () => undefined);
}
