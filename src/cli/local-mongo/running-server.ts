import { setTimeout as sleep } from 'node:timers/promises';
import { claimedServer } from './data-claim.ts';

/** How long to wait for the server of a process that starts it at this moment, in ms. */
const patience = 30_000;

/** The address of the server that another living process runs on a data folder; undefined if there is none. */
export async function findRunningServer(dataFolder: string): Promise<string | undefined> {
  for (const began = Date.now(); Date.now() - began < patience;) {
    const server = claimedServer(dataFolder);
    if (!server || server.uri !== undefined) return server?.uri;
    await sleep(100);
  }
  return undefined;
}
