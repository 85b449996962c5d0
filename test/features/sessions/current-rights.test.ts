import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { createUrlRegistry } from '../../../src/engine/urls/url-registry.ts';
import type { EffectiveGrants, SessionPrincipal } from '../../../src/features/grants/grants.types.ts';
import { createCurrentRights } from '../../../src/features/sessions/current-rights.ts';
import type { GrantCacheKey } from '../../../src/features/grants/shared-cache/shared-grant-cache.types.ts';
import type { RightSetContent } from '../../../src/features/grants/right-set.types.ts';
import type { TenantState } from '../../../src/features/tenants/tenant.store.ts';

const whose = { tenantId: 'tenant', kind: 'user' as const, userId: 'id', expiresAt: new Date() };
const principal = (accessVersion: number): SessionPrincipal => ({
  _id: 'id', tenantId: 'tenant', roles: [], isActive: true, accessVersion, username: 'ann',
});
const tenant = (policyVersion: number): TenantState => ({ status: 'active', policyVersion, settings: {} });
const effective: EffectiveGrants = { roles: [], roleTypes: ['stored'], memberships: [], granted: [], changesAt: null };
const cached: RightSetContent = {
  roles: [], roleTypes: ['cached'], memberships: [], rights: [], permissions: [], policies: [], isSuperadmin: false, changesAt: new Date(5),
};

/** On a database with these versions, or with what is `found`, and a cache that knows or does not. */
function watchRights(
  recalled: RightSetContent | undefined, found: { principal?: SessionPrincipal | null; tenant?: TenantState | null } = {},
) {
  const seen = { snapshots: 0, recalled: [] as GrantCacheKey[], kept: [] as GrantCacheKey[] };
  const currentRights = createCurrentRights({
    inSnapshot(read) {
      seen.snapshots += 1;
      return read({} as never); // only handed on
    },
    readPrincipal: () => Promise.resolve(found.principal === undefined ? principal(8) : found.principal),
    readTenant: () => Promise.resolve(found.tenant === undefined ? tenant(7) : found.tenant),
    resolveGrants: () => Promise.resolve(effective),
    sharedGrantCache: {
      recall(at) {
        seen.recalled.push(at);
        return Promise.resolve(recalled);
      },
      keep(at) {
        seen.kept.push(at);
        return Promise.resolve();
      },
    },
    rightSetOf: (_tenantId, { roleTypes, changesAt, roles, ...grantSet }) => Promise.resolve({
      id: 'set', roles, roleTypes, grantSet, memberOf: {}, changesAt, grants: compileGrants(createUrlRegistry([], () => []), grantSet),
    }),
  });
  return { seen, currentRights };
}

const at = (policyVersion: number, accessVersion: number, kind = 'user') => ({
  tenantId: 'tenant', kind, id: 'id', policyVersion, accessVersion,
});

describe('what somebody holds now', () => {
  it('known to the cache at the versions that were just read, is not read again, and noted at these', async () => {
    const { seen, currentRights } = watchRights(cached);
    const { rights, good } = await currentRights(whose, { user: principal(6), owner: tenant(5) });
    expect(seen).toEqual({ snapshots: 0, recalled: [at(5, 6)], kept: [] });
    expect(rights.roleTypes).toEqual(['cached']);
    expect(good).toEqual({ rightSetId: 'set', policyVersion: 5, accessVersion: 6, changesAt: new Date(5) });
  });

  it('unknown to the cache, is read, noted and kept at the versions of that moment, which may be newer', async () => {
    const { seen, currentRights } = watchRights(undefined);
    const { rights, good } = await currentRights({ ...whose, kind: 'client' }, { user: principal(6), owner: tenant(5) });
    expect(seen).toEqual({ snapshots: 1, recalled: [at(5, 6, 'client')], kept: [at(7, 8, 'client')] });
    expect(rights.roleTypes).toEqual(['stored']);
    expect(good).toMatchObject({ policyVersion: 7, accessVersion: 8 });
  });

  it('at a login, is read without asking the cache: what was read before the password was compared may be old', async () => {
    const { seen, currentRights } = watchRights(cached);
    await currentRights(whose);
    expect(seen).toEqual({ snapshots: 1, recalled: [], kept: [at(7, 8)] });
  });

  it.each([['nobody any more', { principal: null }], [
    'of a suspended tenant', { tenant: { ...tenant(7), status: 'suspended' as const } },
  ], ['of no tenant', { tenant: null }]])('of somebody who is %s, is refused and not kept', async (_what, found) => {
    const { seen, currentRights } = watchRights(undefined, found);
    await expect(currentRights(whose)).rejects.toMatchObject({ code: 'session-ended' });
    expect(seen.kept).toEqual([]);
  });
});
