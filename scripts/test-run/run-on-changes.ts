import { watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Editors write a file in several steps, and several files at once: how long to wait for the last, in ms. */
const settling = 200;

/** Runs the work, and again after each change in these folders, until the signal comes. Answers what the last run answered. */
export async function runOnChanges<T>(folders: readonly string[], work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let hasChanged = false;
  let wake = (): void => undefined;
  signal.addEventListener('abort', () => wake());
  for (const folder of folders) {
    watch(folder, { recursive: true, signal }, () => {
      hasChanged = true;
      wake();
    });
  }
  for (;;) {
    hasChanged = false;
    const last = await work();
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (hasChanged || signal.aborted) resolve();
    });
    if (signal.aborted) return last;
    await sleep(settling);
  }
}
