/** Somebody who waits in a line. */
export interface Waiter {
  readonly source: string;
  readonly admit: () => void;
  /** There is no room any more. */
  readonly refuse: () => void;
}

/** Who waits: the sources take turns, and within one it is first come, first served. */
export interface FairLine {
  /** Takes somebody in; false where there is no room. */
  join(waiter: Waiter): boolean;
  /** Takes out whose turn it is, of the sources of which somebody may go now. */
  next(mayGo: (source: string) => boolean): Waiter | undefined;
  size(): number;
  /** Takes everybody out. */
  clear(): Waiter[];
}

/**
 * Creates a line of at most `most` waiters.
 *
 * When it is full, the source with the most people in it makes room for one with fewer: one source may fill the line as long as
 * nobody else wants to wait, and keeps nobody out.
 */
export function createFairLine(most: number): FairLine {
  /** In the order in which the sources have their turns; none is empty. */
  const sources = new Map<string, Waiter[]>();
  let count = 0;

  function longest(): Waiter[] {
    let found: Waiter[] = [];
    for (const waiters of sources.values()) if (waiters.length > found.length) found = waiters;
    return found;
  }

  function makeRoom(own: number): boolean {
    const other = longest();
    if (other.length <= own + 1) return false; // it would then have fewer than this one
    other.pop()?.refuse();
    count -= 1;
    return true;
  }

  return {
    join(waiter) {
      const own = sources.get(waiter.source) ?? [];
      if (count >= most && !makeRoom(own.length)) return false;
      own.push(waiter);
      sources.set(waiter.source, own);
      count += 1;
      return true;
    },
    next(mayGo) {
      for (const [source, waiters] of sources) {
        if (!mayGo(source)) continue;
        const waiter = waiters.shift();
        sources.delete(source);
        if (waiters.length > 0) sources.set(source, waiters); // behind the others
        count -= 1;
        return waiter;
      }
      return undefined;
    },
    size: () => count,
    clear() {
      const all = [...sources.values()].flat();
      sources.clear();
      count = 0;
      return all;
    },
  };
}
