import { selfAssertedPath } from '../../engine/policies/self-asserted.ts';
import type { PolicySearch } from './policies.types.ts';

/** A role or a group whose stored policies have conditions on attributes that users write themselves. */
export interface SelfAsserting {
  readonly tenantId: string;
  readonly kind: 'role' | 'group';
  readonly id: string;
}

export interface FindSelfAssertingDeps {
  readonly searches: Readonly<Record<SelfAsserting['kind'], PolicySearch>>;
  /** The ids of the tenants that have their own database. */
  readonly readOwnDatabases: () => Promise<string[]>;
  /** Called for each tenant that has its own database. */
  readonly recordLocation: (tenantId: string, isolation: 'database') => void;
}

/** Maximum number that one start reports for each kind and database. */
const maxNamed = 20;

const kinds = ['role', 'group'] as const;

/** Creates the search through the policies of all tenants. The start uses it to warn of conditions that never hold. */
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
