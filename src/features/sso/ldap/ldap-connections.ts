import { LRUCache } from 'lru-cache';
import { createDirectory } from './directory/directory.ts';
import type { Directory, DirectoryDeps } from './directory/directory.ts';
import type { LdapProvider } from './ldap.types.ts';

/** The directories of providers. */
export interface LdapConnections {
  /** The directory of a provider at its revision. Nothing of one revision is used for another. */
  of(provider: LdapProvider): Directory;
  /** Ends what this node keeps of a provider that has changed. */
  forget(providerId: string): void;
  /** Ends everything. */
  close(): void;
}

/** Revisions of providers that a node keeps connections to. */
const maxDirectories = 2_000;

/** Creates the connections to directories. */
export function createLdapConnections(deps: DirectoryDeps): LdapConnections {
  // Not `max`, with which the cache reserves memory for all entries at once: see platform/cache/cache-limit.ts.
  const kept = new LRUCache<string, Directory>({
    maxSize: maxDirectories, sizeCalculation: () => 1, dispose: (directory) => { directory.close(); },
  });
  return {
    of(provider) {
      const key = `${provider._id} ${provider.revision}`;
      const known = kept.get(key);
      if (known) return known;
      const made = createDirectory(deps, provider);
      kept.set(key, made);
      return made;
    },
    forget(providerId) {
      for (const key of kept.keys()) if (key.startsWith(`${providerId} `)) kept.delete(key);
    },
    close() { kept.clear(); },
  };
}
