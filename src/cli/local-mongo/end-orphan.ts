import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess } from './process-identity.ts';

/** How long a process may take to end after each signal, in ms. */
const patience = 10_000;

/**
 * Ends a server whose owner died: SIGTERM, then SIGKILL.
 *
 * Ends nothing but a process with this number whose command line names the storage folder: the number may be another process by now.
 */
export async function endOrphan({ pid, storage }: { readonly pid: number; readonly storage: string }): Promise<void> {
  const identity = identifyProcess(pid);
  if (identity?.command.includes(storage) !== true) return;
  const lives = (): boolean => identifyProcess(pid)?.started === identity.started;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (lives()) send(pid, signal);
    for (let waited = 0; waited < patience && lives(); waited += 50) await sleep(50);
  }
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
}
