import type { ClientSession } from 'mongoose';
import { createEnforceQuota } from '../../../src/features/tenants/tenant.limits.ts';
import type { QuotaKind } from '../../../src/platform/changes/quota.ts';
import type { TenantSettings } from '../../../src/features/tenants/tenant.model.ts';

/** A tenant with these settings that has so many of each kind; what is written and counted is noted. */
function watchRoom(settings: TenantSettings | null, has: number) {
  const seen = { written: [] as unknown[], counted: [] as string[] };
  const count = (kind: QuotaKind) => (
    _tenantId: string, most: number,
  ) => { seen.counted.push(`${kind} up to ${most}`); return Promise.resolve(Math.min(has, most)); };
  const enforceQuota = createEnforceQuota({
    tenants: { settingsOf: () => Promise.resolve(
      settings ?? {},
    ), lockForCreation: (tenantId) => { seen.written.push(tenantId); return Promise.resolve(); } },
    count: { users: count('users'), roles: count('roles'), groups: count('groups'), clients: count('clients'),
      providers: count('providers') },
  });
  return {
    seen, require: (tenantId: string, ...kinds: QuotaKind[]) => enforceQuota(tenantId, new Set(kinds), {} as ClientSession),
  }; // only handed on
}

describe('room for one more', () => {
  it('up to the limit is there, and beyond it is not', async () => {
    await expect(watchRoom({ limits: { roles: 4 } }, 4).require('t', 'roles')).resolves.toBeUndefined();
    await expect(watchRoom({ limits: { roles: 4 } }, 5).require('t', 'roles')).rejects.toMatchObject({ code: 'tenant-full' });
  });

  it('of each kind that was created, is looked for, up to one too many', async () => {
    const { seen, require } = watchRoom({ limits: { roles: 4, users: 7 } }, 3);
    await require('t', 'roles', 'users');
    expect(seen).toEqual({ written: ['t'], counted: ['roles up to 5', 'users up to 8'] });
  });

  it('of a kind without a limit, is always there, and nothing is written or counted', async () => {
    const { seen, require } = watchRoom({}, 1e6);
    await require('t', 'users');
    await require('default', 'roles', 'groups', 'clients', 'users');
    expect(seen).toEqual({ written: [], counted: [] });
  });

  it('of a tenant that says nothing, is that of the platform', async () => {
    for (const kind of ['roles', 'groups', 'clients'] as const) {
      await expect(watchRoom(null, 1_000).require('t', kind)).resolves.toBeUndefined();
      await expect(watchRoom(null, 1_001).require('t', kind)).rejects.toMatchObject({ code: 'tenant-full' });
    }
  });
});
