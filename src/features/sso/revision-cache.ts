import { LRUCache } from 'lru-cache';

/** A provider at one revision. */
export interface RevisionKey {
  readonly providerId: string;
  readonly revision: number;
}

/** What this node keeps about providers. Nothing of one revision is used for another. */
export interface RevisionCache<T extends object> {
  /** Finds what is kept, or makes it. */
  of(key: RevisionKey, make: () => T): T;
  /** Drops everything of a provider that has changed. */
  forget(providerId: string): void;
}

/** Revisions of providers that a node keeps data about. */
const maxRevisions = 2_000;

/** Creates a memory of providers, which forgets the one that was not used for the longest time. */
export function createRevisionCache<T extends object>(): RevisionCache<T> {
  // Not `max`, with which the cache reserves memory for all entries at once: see platform/cache/cache-limit.ts.
  const kept = new LRUCache<string, T>({ maxSize: maxRevisions, sizeCalculation: () => 1 });
  return {
    of({ providerId, revision }, make) {
      const key = `${providerId} ${revision}`;
      const known = kept.get(key);
      if (known) return known;
      const made = make();
      kept.set(key, made);
      return made;
    },
    forget(providerId) {
      for (const key of kept.keys()) if (key.startsWith(`${providerId} `)) kept.delete(key);
    },
  };
}
