/** A caller who waits in a line. */
export interface Waiter {
  readonly source: string;
  readonly admit: () => void;
  /** Called if the waiter loses the place in the line. */
  readonly refuse: () => void;
}

/** A waiting line. The sources take turns; the waiters of one source leave in the order in which they came. */
export interface FairLine {
  /** Adds a waiter; false if the line is full. */
  join(waiter: Waiter): boolean;
  /** Removes and answers the next waiter whose source is allowed by `mayGo`. */
  next(mayGo: (source: string) => boolean): Waiter | undefined;
  size(): number;
  /** Removes and answers all waiters. */
  clear(): Waiter[];
}

/**
 * Creates a line of at most `most` waiters.
 *
 * When the line is full, a source with fewer waiters takes a place from the source with the most. So one source can fill the line
 * while nobody else waits, but cannot keep others out.
 */
export function createFairLine(most: number): FairLine {
  /** In the order of the sources' turns. No list is empty. */
  const sources = new Map<string, Waiter[]>();
  let count = 0;

  function longest(): Waiter[] {
    let found: Waiter[] = [];
    for (const waiters of sources.values()) if (waiters.length > found.length) found = waiters;
    return found;
  }

  function makeRoom(own: number): boolean {
    const other = longest();
    if (other.length <= own + 1) return false; // the other source would then have fewer waiters than this one
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
        if (waiters.length > 0) sources.set(source, waiters); // now behind the other sources
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
