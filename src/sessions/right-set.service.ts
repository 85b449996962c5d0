import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Model } from 'mongoose';
import { compileGrants } from '../access/grants.ts';
import type { Grants } from '../access/grants.ts';
import type { Right } from '../access/right.ts';
import type { UrlRegistry } from '../access/url-registry.ts';
import type { RightSet } from './right-set.model.ts';
import type { RightSetRef } from './session.types.ts';

export interface RightSetService {
  /** Finds or stores the right set of a combination of roles as the roles are at this moment. */
  ensure(tenantId: string, roleIds: readonly string[], expiresAt: Date): Promise<RightSetRef>;
  /** The grants of a stored right set; null if it is gone. */
  grantsOf(tenantId: string, rightSetId: string): Promise<Grants | null>;
  /** The right set itself; null if it is gone. */
  read(tenantId: string, rightSetId: string): Promise<RightSet | null>;
}

export interface RightSetDeps {
  readonly model: Model<RightSet>;
  readonly registry: () => UrlRegistry;
  readonly rightsOfRoles: (tenantId: string, roleIds: readonly string[]) => Promise<Pick<RightSet, 'rights' | 'isSuperadmin' | 'roles'>>;
}

/** Compiled right sets kept in memory; each is a bit for every registered URL. */
const maxCompiled = 10_000;

/**
 * Makes the store of right sets.
 *
 * A right set is named by a digest of its content and never changes, so what was compiled from it is good for as long
 * as this process numbers its URLs the same way.
 */
export function createRightSetService({ model, registry, rightsOfRoles }: RightSetDeps): RightSetService {
  const compiled = new LRUCache<string, Grants>({ max: maxCompiled });

  function compile(rightSetId: string, rights: readonly Right[], isSuperadmin: boolean): Grants {
    const known = compiled.get(rightSetId);
    if (known) return known;
    const grants = compileGrants(registry(), rights, isSuperadmin);
    compiled.set(rightSetId, grants);
    return grants;
  }

  return {
    async ensure(tenantId, roleIds, expiresAt) {
      const { roles, rights, isSuperadmin } = await rightsOfRoles(tenantId, roleIds);
      const id = digestOf(tenantId, roles, rights, isSuperadmin);
      await model.updateOne({ tenantId, _id: id }, { $setOnInsert: { roles, rights, isSuperadmin }, $max: { expiresAt } }, { upsert: true });
      return { id, roles, grants: compile(id, rights, isSuperadmin) };
    },
    async grantsOf(tenantId, rightSetId) {
      const known = compiled.get(rightSetId);
      if (known) return known;
      const stored = await model.findOne({ tenantId, _id: rightSetId }).lean();
      return stored && compile(rightSetId, stored.rights, stored.isSuperadmin);
    },
    read: (tenantId, rightSetId) => model.findOne({ tenantId, _id: rightSetId }).lean(),
  };
}

function digestOf(tenantId: string, roles: RightSet['roles'], rights: readonly Right[], isSuperadmin: boolean): string {
  const content = [tenantId, roles.map(({ roleId, type, name }) => [roleId, type, name]), rights.map(({ url, methods, access }) => [url, methods ?? null, access]), isSuperadmin];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
