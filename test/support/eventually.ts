import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** In ms; 50,000 by default, so that its message comes before the limit of a test. */
  readonly limit?: number;
  /** Between two looks, in ms; 20 by default. */
  readonly pause?: number;
}

/** Waits until something is so; rejects when it is not so within the limit. */
export async function eventually(isSo: () => boolean | Promise<boolean>, { limit = 50_000, pause = 20 }: Patience = {}): Promise<void> {
  const end = performance.now() + limit;
  while (performance.now() < end) {
    if (await isSo()) return;
    await sleep(pause);
  }
  throw new Error(`It is still not so after ${limit} ms: ${isSo.toString()}`);
}
