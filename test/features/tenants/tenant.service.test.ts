import type { Change, ChangeTransaction } from '../../../src/platform/changes/change.service.ts';
import { systemActor } from '../../../src/platform/changes/actor.ts';
import type { Tenant } from '../../../src/features/tenants/tenant.model.ts';
import { createTenantService } from '../../../src/features/tenants/tenant.service.ts';
import type { TenantDeps } from '../../../src/features/tenants/tenant.service.ts';

/** The service without a database; what it stores and records is noted. */
function watchTenants() {
  const seen = { stored: [] as Tenant[], recorded: [] as Change[] };
  const tx = { actor: systemActor('default'), session: null, record: (change: Change) => void seen.recorded.push(change) };
  const deps: Partial<TenantDeps> = {
    store: {
      isTaken: () => Promise.resolve(false), edit: () => Promise.resolve(),
      insert: (_tx: unknown, tenant: Tenant) => Promise.resolve(void seen.stored.push(tenant)),
    } as never, // as much of it as a creation uses
    changes: {
      transact: (_actor: unknown, work: (tx: unknown) => unknown) => work(tx),
      within: (_session: unknown, _actor: unknown, work: (tx: unknown) => unknown) => work(tx),
    } as never, // the same
    clock: () => 0, lockDocument: () => Promise.resolve(), recordLocation: () => undefined,
    seedRoles: () => Promise.resolve('digest'), createAdmin: () => Promise.resolve('admin'),
    keepLogo: (_tx: ChangeTransaction, tenantId, settings) => Promise.resolve(
      { ...settings, branding: { logo: `the digest for ${tenantId}` } },
    ),
    databases: { prepare: () => Promise.resolve(), drop: () => Promise.resolve() },
  };
  return { seen, tenants: createTenantService(deps as TenantDeps) }; // the others are not used
}

describe('a tenant that is created', () => {
  it('with a logo, has and records the digest of the logo, and is recorded with its place', async () => {
    const { seen, tenants } = watchTenants();
    const { _id } = await tenants.create(systemActor('default'), {
      name: 'acme', isolation: 'database', settings: { branding: { logo: 'bytes' } }, admin: { email: 'boss@acme.test' },
    });
    const settings = { branding: { logo: `the digest for ${_id}` } };
    expect(seen.stored).toMatchObject([{ _id, isolation: 'database', settings }]);
    expect(seen.recorded).toEqual([{
      action: 'tenant.create', target: { kind: 'tenant', id: _id },
      after: { name: 'acme', domain: undefined, status: 'active', isolation: 'database', settings },
    }]);
  });
});
