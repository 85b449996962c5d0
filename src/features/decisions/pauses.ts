import { setImmediate as afterOthers } from 'node:timers/promises';

/** Keeps long work from holding up everybody else: asked between its parts, it says when to let others in. */
export interface Pauses {
  /** Whether this has gone on for so long that others come first. */
  isDue(): boolean;
  /** Resolves when whatever else waited has had its turn. */
  take(): Promise<void>;
}

/** How long work goes on without a pause, in ms: with the longest decision, which takes 5, that is less than 10. */
const slice = 4;

/** Creates the pauses of one piece of work, which begins now; `monotonic` is in ms. */
export function createPauses(monotonic: () => number = () => performance.now()): Pauses {
  let since = monotonic();
  return {
    isDue: () => monotonic() - since >= slice,
    async take() {
      await afterOthers();
      since = monotonic();
    },
  };
}
