import type { Connection } from 'mongoose';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../errors/errors.ts';
import { withDeadline } from './deadline.ts';

/** Tells whether the database answers, so that nobody waits for one that does not. */
export interface DatabaseWatchdog {
  /** Resolves as soon as the database answers a ping. Throws `database-unreachable` once it was silent for too long. */
  check(): Promise<void>;
  /**
   * Waits for work that asks the database, for as long as the database answers others.
   *
   * Throws `database-unreachable` at most 100 ms later than `check`, counted from when it fell silent, or from when the work was begun, and where a
   * connection broke under the work. The work itself is not ended, and what it still writes may count or not: its caller has been told neither.
   */
  watched<T>(work: Promise<T>): Promise<T>;
}

/** All in ms. Patience is how long work may take before anybody asks whether the database is still there. */
const limits = { patience: 100, pause: 100 };

/**
 * Reports a connection as unreachable after `silence` ms without an answer, whatever timeouts its driver has.
 *
 * The driver finds out by itself when a server is gone, but not before 4 s when one hangs, and it tries a transaction
 * again meanwhile. A limit on each operation would not do either, for a slow answer is no outage. So whatever takes
 * long is let be while pings are answered; one ping serves all who wait.
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
        // One broken connection, or a pool in full use, is no silence yet.
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

/** Of a connection that was reset under a write, the driver hands on what Node says. */
function toUnreachable(error: unknown): never {
  const isBroken = error instanceof Error && 'syscall' in error && 'code' in error
    && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
  throw isBroken ? new AppError('database-unreachable', {}, error) : error;
}

async function ping({ db }: Connection): Promise<void> {
  if (!db) throw new Error('The connection is not open.');
  await db.admin().ping();
}
