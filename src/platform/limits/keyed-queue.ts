import { AppError } from '../../errors/errors.ts';

/** Keeps this node's own calls in order; the database keeps those of several nodes apart by itself. */
export interface KeyedQueue {
  /** Runs work as one of few at a time. Throws `database-unreachable` after 2 s of waiting, when its request has been given up. */
  enter<T>(work: () => Promise<T>): Promise<T>;
  /** Runs work on one key one at a time, in the order of the calls; only within {@link enter}. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** ms. */
const patience = 2_000;

/**
 * Creates the queue.
 *
 * A hundred tries at once would take every connection to the database from all other requests, and as writes of one
 * document they would mostly be tried again. In turn, the first ones make the rest a matter of this node's memory.
 */
export function createKeyedQueue(lanes = 2): KeyedQueue {
  const waiting: (() => void)[] = [];
  const last = new Map<string, Promise<unknown>>();
  let free = lanes;

  return {
    async enter(work) {
      const asked = performance.now();
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      try {
        if (performance.now() - asked > patience) throw new AppError('database-unreachable');
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },

    async inTurn(key, work) {
      const before = last.get(key);
      const turn = before ? before.then(work, work) : work();
      last.set(key, turn);
      try {
        return await turn;
      } finally {
        if (last.get(key) === turn) last.delete(key);
      }
    },
  };
}
