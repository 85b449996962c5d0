import { selfAssertedPath } from '../../engine/policies/self-asserted.ts';
import type { PolicySearch } from './policies.types.ts';

/** A role or a group whose stored policies have conditions on what users write about themselves. */
export interface SelfAsserting {
  readonly tenantId: string;
  readonly kind: 'role' | 'group';
  readonly id: string;
}

export interface FindSelfAssertingDeps {
  readonly searches: Readonly<Record<SelfAsserting['kind'], PolicySearch>>;
  /** The tenants that are kept in databases of their own. */
  readonly readOwnDatabases: () => Promise<string[]>;
  /** Told of each tenant that is kept in a database of its own. */
  readonly recordLocation: (tenantId: string, isolation: 'database') => void;
}

/** Most that one boot names of each kind and database. */
const maxNamed = 20;

const kinds = ['role', 'group'] as const;

/** Creates the search through the policies of all tenants, for a boot to warn of conditions that count as missing. */
export function createFindSelfAsserting(
  { searches, readOwnDatabases, recordLocation }: FindSelfAssertingDeps,
): () => Promise<SelfAsserting[]> {
  return async () => {
    const found: SelfAsserting[] = [];
    for (const kind of kinds) {
      found.push(...(await searches[kind].inSharedDatabase(selfAssertedPath, maxNamed)).map((named) => ({ ...named, kind })));
    }
    for (const tenantId of await readOwnDatabases()) {
      recordLocation(tenantId, 'database');
      for (const kind of kinds) {
        found.push(...(await searches[kind].ofTenant(tenantId, selfAssertedPath, maxNamed)).map((id) => ({ tenantId, kind, id })));
      }
    }
    return found;
  };
}
