import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { compileGrants } from '../../engine/grants/compiled-grants.ts';
import { memberOf } from '../../engine/grants/memberships-by-kind.ts';
import { policyKey } from '../../engine/policies/policy.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { RightSet } from './right-set.model.ts';
import type { RightSetStore } from './right-set.store.ts';
import type { RightSetContent, RightSetRef, SessionGrants } from './right-set.types.ts';
import { cacheLimit } from '../../platform/cache/cache-limit.ts';

export interface RightSetService {
  /** Finds or stores the right set with this content, and keeps it until `expiresAt` at least. */
  ensure(tenantId: string, content: RightSetContent, expiresAt: Date): Promise<RightSetRef>;
  /** Compiles the grants of a principal without a session. Equal right sets share the result; nothing is stored. */
  compile(tenantId: string, content: RightSetContent): SessionGrants;
  /** The compiled grants of a stored right set; null if it is gone. */
  grantsOf(tenantId: string, rightSetId: string): Promise<SessionGrants | null>;
  /** The right set itself; null if it is gone. */
  read(tenantId: string, rightSetId: string): Promise<RightSet | null>;
}

export interface RightSetDeps {
  readonly store: RightSetStore;
  readonly registry: () => UrlRegistry;
  /** Called after each `grantsOf`: whether the right set was compiled already. */
  readonly onLookup: (hit: boolean) => void;
}

/** The part of a right set that is compiled. */
type Content = Omit<RightSetContent, 'roles' | 'changesAt'>;

/** How many compiled right sets are kept in memory. Each takes one bit for every registered URL, and its policies. */
const maxCompiled = 10_000;

/**
 * Creates the service of right sets.
 *
 * The id of a right set is a digest of its content, and the content never changes. Compiled grants are therefore valid as long as
 * this process numbers its URLs in the same way.
 */
export function createRightSetService({ store, registry, onLookup }: RightSetDeps): RightSetService {
  const compiled = new LRUCache<string, SessionGrants>(cacheLimit(maxCompiled));

  function compileOnce(rightSetId: string, { roleTypes, memberships, ...grantSet }: Content): SessionGrants {
    const known = compiled.get(rightSetId);
    if (known) return known;
    const made = { grants: compileGrants(registry(), grantSet), roleTypes, memberOf: memberOf(memberships) };
    compiled.set(rightSetId, made);
    return made;
  }

  return {
    async ensure(tenantId, { roles, changesAt, ...content }, expiresAt) {
      const id = digestOf(tenantId, roles, content);
      await store.ensure(tenantId, id, { roles, ...content }, expiresAt);
      return { id, roles, grantSet: content, changesAt, ...compileOnce(id, content) };
    },
    compile: (tenantId, { roles, changesAt: _changesAt, ...content }) => compileOnce(digestOf(tenantId, roles, content), content),
    async grantsOf(tenantId, rightSetId) {
      const known = compiled.get(rightSetId);
      onLookup(known !== undefined);
      if (known) return known;
      const stored = await store.readComplete(tenantId, rightSetId);
      return stored && compileOnce(rightSetId, stored);
    },
    read: store.read,
  };
}

function digestOf(
  tenantId: string, roles: RightSetContent['roles'], { roleTypes, memberships, rights, permissions, policies, isSuperadmin }: Content,
): string {
  const content = [
    tenantId, roles.map(({ roleId, type, name }) => [roleId, type, name]), roleTypes, memberships,
    rights.map(({ url, methods, access }) => [url, methods ?? null, access]),
    permissions, policies.map(policyKey), isSuperadmin,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
