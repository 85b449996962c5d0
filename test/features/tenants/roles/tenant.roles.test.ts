import { listUrls } from '../../../../src/engine/urls/registered-url.ts';
import { createUrlRegistry } from '../../../../src/engine/urls/url-registry.ts';
import { createTenantRoles } from '../../../../src/features/tenants/roles/tenant.roles.ts';
import type { TenantRoleDeps } from '../../../../src/features/tenants/roles/tenant.roles.ts';
import type { ChangeTransaction } from '../../../../src/platform/changes/change.service.ts';

type Names = Parameters<typeof listUrls>[0][number];
const first: Names = { config: { '/': [{ name: 'items', methods: ['GET', 'POST'], tenantAdmin: true }] } };
const reader = { roleId: 'reader', type: 'reader', rights: ['/items'] };

/** What a tenant is noted to be seeded with. */
async function digestOf(names: Names = first, declarations: readonly object[] = [reader], indexes = 'one'): Promise<string> {
  const deps: Partial<TenantRoleDeps> = {
    registry: () => createUrlRegistry(listUrls([names])), declarations: declarations as TenantRoleDeps['declarations'],
    seedRole: () => Promise.resolve({ created: false, changed: false, rights: 0 }),
    databases: { indexes: () => indexes, prepare: () => Promise.resolve() },
  }; // the others are not used
  return createTenantRoles(deps as TenantRoleDeps).seed({} as ChangeTransaction); // which nothing here reads
}

describe('the digest of what a tenant was seeded with', () => {
  it('of the same declarations, URLs and indexes, is the same', async () => {
    expect(await digestOf()).toBe(await digestOf());
  });

  it.each<[string, Parameters<typeof digestOf>]>([
    ['another URL', [{ config: { '/': [{ name: 'things', methods: ['GET', 'POST'], tenantAdmin: true }] } }]],
    ['other methods', [{ config: { '/': [{ name: 'items', methods: ['GET'], tenantAdmin: true }] } }]],
    ['a URL for superadmins alone', [{ config: { '/': [{ name: 'items', methods: ['GET', 'POST'] }] } }]],
    ['another declaration', [first, [{ ...reader, rights: [] }]]], ['another index', [first, [reader], 'two']],
  ])('with %s, is another, so that the tenant is seeded anew', async (_what, changed) => {
    expect(await digestOf(...changed)).not.toBe(await digestOf());
  });

  it('of a URL that is auth, is not that of one that is config for superadmins', async () => {
    const items = [{ name: 'items', methods: ['GET' as const] }];
    expect(await digestOf({ auth: { '/': items } })).not.toBe(await digestOf({ config: { '/': items } }));
  });
});
