import type { Connection } from 'mongoose';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../errors/errors.ts';
import { isBrokenSocket } from './broken-socket.ts';
import { withDeadline } from './deadline.ts';

/** Checks whether the database answers, so that no request waits for a database that does not. */
export interface DatabaseWatchdog {
  /** Resolves as soon as the database answers a ping. Throws `database-unreachable` if it is silent for too long. */
  check(): Promise<void>;
  /**
   * Waits for work that uses the database, as long as the database answers pings.
   *
   * Throws `database-unreachable` at most 100 ms later than `check`. The time counts from the moment when the database became silent
   * or the work began. Throws it also if the connection breaks during the work. The work itself is not ended: its writes may be
   * stored or not, and the caller cannot know.
   */
  watched<T>(work: Promise<T>): Promise<T>;
}

/** All in ms. `patience` is how long work may take before the first ping. */
const limits = { patience: 100, pause: 100 };

/**
 * Reports a connection as unreachable after `silence` ms without an answer, whatever timeouts its driver has.
 *
 * The driver detects a server that is gone, but needs 4 s for a server that hangs, and repeats transactions during this time. A
 * limit for each operation would be wrong too, because a slow answer is no outage. So slow work goes on as long as pings are
 * answered. One ping serves all waiting work.
 */
export function createDatabaseWatchdog(connection: Connection, silence: number): DatabaseWatchdog {
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    const end = performance.now() + silence;
    for (;;) {
      try {
        await withDeadline(ping(connection), Math.max(0, end - performance.now()));
        return;
      } catch (error) {
        // One broken connection or a busy pool does not mean that the database is silent.
        if (performance.now() + limits.pause >= end) throw new AppError('database-unreachable', {}, error);
        await sleep(limits.pause);
      }
    }
  }

  function check(): Promise<void> {
    asking ??= ask().finally(() => { asking = undefined; });
    return asking;
  }

  return {
    check,
    watched: (work) => new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      let settled = false;
      const watch = () => {
        timer = setTimeout(() => void check().then(() => { if (!settled) watch(); }, reject), limits.patience);
      };
      watch();
      void work.catch(toUnreachable).then(resolve, reject).finally(() => {
        settled = true;
        clearTimeout(timer);
      });
    }),
  };
}

/** Converts Node's error of a connection that broke during a write, which the driver passes on unchanged. */
function toUnreachable(error: unknown): never {
  throw isBrokenSocket(error) ? new AppError('database-unreachable', {}, error) : error;
}

async function ping({ db }: Connection): Promise<void> {
  if (!db) throw new Error('The connection is not open.');
  await db.admin().ping();
}
