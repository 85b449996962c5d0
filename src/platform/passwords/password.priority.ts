import { constants, getPriority, platform, setPriority } from 'node:os';
import { isMainThread } from 'node:worker_threads';

/**
 * Lowers the priority of this thread, so that the event loop and other programs of the machine come first when cores are busy.
 *
 * Only on Linux, each thread has its own priority (setpriority(2), "C library/kernel differences"). On other systems, the call would
 * slow down the whole process, so nothing is changed there. A computation still gets about a tenth of a busy core, and all of an
 * idle one. If a sandbox forbids the call, the priority stays as it is.
 */
export function yieldToOthers(): void {
  if (platform() !== 'linux' || isMainThread) return;
  try {
    setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // hashing works without a lower priority
  }
}
