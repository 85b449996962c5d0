import { AppError } from '../errors.ts';

/** Runs work on one key one at a time, in the order of the calls. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** How long anybody waits for a turn, in ms; by then the request has been given up. */
const patience = 2_000;

/**
 * Makes the turns of this node's own work on a key.
 *
 * The database keeps nodes apart by itself. But a hundred writes of one document at once are mostly tried again, and
 * would take every connection for that; in turn, the first ones refused make the rest a matter of this node's memory.
 * Throws `database-unreachable` for whoever waited too long.
 */
export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();

  return async (key, work) => {
    const asked = performance.now();
    const begin = () => {
      if (performance.now() - asked > patience) throw new AppError('database-unreachable');
      return work();
    };
    const before = last.get(key);
    const turn = before ? before.then(begin, begin) : begin();
    last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (last.get(key) === turn) last.delete(key);
    }
  };
}
