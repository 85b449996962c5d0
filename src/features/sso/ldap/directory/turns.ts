import { directoryFailure } from './directory-errors.ts';

/** Lets a few pieces of work run at a time. */
export interface Turns {
  /** Throws a DirectoryFailure if too many wait already, or after a wait that is too long. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** How many pieces of work may wait, so that a directory that hangs does not collect all logins of its tenant. */
const maxWaiting = 100;

/** Creates the turns. `patience` is the longest wait, in ms. */
export function createTurns({ size, patience }: { readonly size: number; readonly patience: number }): Turns {
  const waiting = new Set<() => void>();
  let free = size;

  function wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(begin);
        reject(directoryFailure('busy'));
      }, patience);
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      waiting.add(begin);
    });
  }

  return {
    async run(work) {
      if (free > 0) free -= 1;
      else if (waiting.size >= maxWaiting) throw directoryFailure('busy');
      else await wait();
      try {
        return await work();
      } finally {
        const [next] = waiting;
        if (next) {
          waiting.delete(next);
          next();
        } else free += 1;
      }
    },
  };
}
