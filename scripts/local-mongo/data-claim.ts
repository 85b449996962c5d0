import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess } from './process-identity.ts';
import { replaceFile, writeOnce } from './write-once.ts';

const claimName = 'in-use.json';

interface Holder {
  owner: { pid: number; started: string };
  server?: ClaimedServer;
}

/** The database server that a claim is for; its address once it answers. */
export interface ClaimedServer {
  pid: number;
  storage: string;
  uri?: string;
}

/** The exclusive use of a data folder by this process. */
export interface DataClaim {
  /** Notes the server, so that a later start can end it if it was orphaned. */
  note: (server: ClaimedServer) => void;
  release: () => void;
}

/**
 * Claims a data folder for this process, ending first the orphaned server of an owner that died.
 *
 * Rejects when the owner lives. Only a process proven to be that server, by its command line, is ever ended.
 */
export async function claimData(dataFolder: string): Promise<DataClaim> {
  const path = join(dataFolder, claimName);
  const owner = { pid: process.pid, started: identifyProcess(process.pid)?.started ?? '' };
  const write = (holder: Holder): string => JSON.stringify(holder);
  while (!writeOnce(path, write({ owner }))) {
    const holder = readHolder(path);
    if (holder !== undefined && livesOwner(holder)) {
      throw new Error(
        `${dataFolder} is in use by another start of this project (process ${String(holder.owner.pid)}). ` +
        'Cure: stop that one first, or start with --ephemeral.',
      );
    }
    if (holder?.server !== undefined) await endOrphan(holder.server);
    // Two starts may both remove a dead claim; the database's own lock on its files then lets only one of them run.
    rmSync(path, { force: true });
  }
  return {
    note: (server) => { replaceFile(path, write({ owner, server })); },
    release: () => { rmSync(path, { force: true }); },
  };
}

/** The server that another living process runs on this data folder, as far as it has noted it; undefined if none does. */
export function claimedServer(dataFolder: string): Partial<ClaimedServer> | undefined {
  const holder = readHolder(join(dataFolder, claimName));
  return holder && livesOwner(holder) ? holder.server ?? {} : undefined;
}

function livesOwner({ owner }: Holder): boolean {
  return identifyProcess(owner.pid)?.started === owner.started;
}

function readHolder(path: string): Holder | undefined {
  try {
    // Written by this module in one step; anything else fails below and counts as a dead claim.
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Holder;
    return Number.isInteger(holder.owner.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

async function endOrphan({ pid, storage }: { pid: number; storage: string }): Promise<void> {
  const identity = identifyProcess(pid);
  if (identity?.command.includes(storage) !== true) return;
  const lives = (): boolean => identifyProcess(pid)?.started === identity.started;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (lives()) send(pid, signal);
    for (let waited = 0; waited < 10_000 && lives(); waited += 50) await sleep(50);
  }
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
}
