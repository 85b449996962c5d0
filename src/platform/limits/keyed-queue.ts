import { AppError } from '../../errors/errors.ts';

/** Orders the calls of this node. The database itself separates the calls of different nodes. */
export interface KeyedQueue {
  /** Runs a few pieces of work at a time. Throws `database-unreachable` after a wait of 2 s, because the request has ended by then. */
  enter<T>(work: () => Promise<T>): Promise<T>;
  /** Runs work for one key, one piece at a time, in the order of the calls. Use it only inside {@link enter}. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** Longest wait, in ms. */
const patience = 2_000;

/**
 * Creates the queue.
 *
 * A hundred attempts at once would use every connection to the database, and their writes to one document would conflict. One
 * after the other, the first attempts reach the limit, and this node refuses the rest from its memory.
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
