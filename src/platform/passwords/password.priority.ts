import { constants, getPriority, platform, setPriority } from 'node:os';
import { isMainThread } from 'node:worker_threads';

/**
 * Lets this thread wait for the event loop, and for whatever else the machine serves, whenever cores are short.
 *
 * Only Linux gives each thread a priority of its own (setpriority(2), "C library/kernel differences"); elsewhere the call
 * would slow the whole process, so nothing is changed there. A computation still gets about a tenth of a busy core, and
 * all of an idle one. Where a sandbox forbids the call, the thread goes on as it is.
 */
export function yieldToOthers(): void {
  if (platform() !== 'linux' || isMainThread) return;
  try {
    setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // passwords are hashed all the same
  }
}
