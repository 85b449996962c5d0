import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endOrphan } from './end-orphan.ts';
import { identifyProcess } from './process-identity.ts';
import { replaceFile, writeOnce } from './write-once.ts';

// A lock of its own, not proper-lockfile: that one knows a holder by the age of a file alone. So it waits 10 s after a killed
// holder, and takes the lock from a holder that was merely stopped for 10 s. This one knows the process, and its server.

const claimName = 'in-use.json';

interface Holder {
  readonly owner: { readonly pid: number; readonly started: string };
  readonly server?: ClaimedServer;
}

/** The database server of a claim. */
export interface ClaimedServer {
  readonly pid: number;
  readonly storage: string;
  /** Once it answers. */
  readonly uri?: string;
}

/** The exclusive use of a data folder by this process. */
export interface DataClaim {
  /** Records the server, so that a later start can end it if it is an orphan. */
  readonly note: (server: ClaimedServer) => void;
  readonly release: () => void;
}

/** Claims a data folder for this process; ends first the server of an owner that died. Rejects if the owner lives. */
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
    note: (server) => replaceFile(path, write({ owner, server })),
    release: () => rmSync(path, { force: true }),
  };
}

/** The server that another living process runs on this data folder, as far as it has recorded it; undefined if no process does. */
export function claimedServer(dataFolder: string): Partial<ClaimedServer> | undefined {
  const holder = readHolder(join(dataFolder, claimName));
  return holder && livesOwner(holder) ? holder.server ?? {} : undefined;
}

function livesOwner({ owner }: Holder): boolean {
  return identifyProcess(owner.pid)?.started === owner.started;
}

function readHolder(path: string): Holder | undefined {
  try {
    // Written by this module in one step; any other content fails below and is a dead claim.
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Holder;
    return Number.isInteger(holder.owner.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}
