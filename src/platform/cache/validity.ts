import { LRUCache } from 'lru-cache';

/** Alive until what it stands for changes; whoever keeps what they read keeps the mark that they took before. */
export interface Mark {
  readonly isAlive: boolean;
}

/** The marks of many things, by name. */
export interface Marks {
  /** The mark that is alive now: take it before reading. */
  take(name: string): Mark;
  /** What it stands for has changed: whatever was read under its mark, or is being read, counts no longer. */
  end(name: string): void;
  endAll(): void;
}

/**
 * Makes marks, of which at most so many are alive; one that makes room ends, which costs a reading and nothing else.
 *
 * This is what keeps an old value from being kept for good: a reading that a change overtakes comes back under a mark
 * that has ended. Asking a mark costs no look-up, and a change of a whole tenant ends one.
 */
export function createMarks(max: number): Marks {
  const alive = new LRUCache<string, { isAlive: boolean }>({ max, dispose: (mark) => { mark.isAlive = false; } });
  return {
    take(name) {
      const known = alive.get(name);
      if (known) return known;
      const mark = { isAlive: true };
      alive.set(name, mark);
      return mark;
    },
    end: (name) => void alive.delete(name),
    endAll: () => { alive.clear(); },
  };
}
