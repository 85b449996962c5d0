import type { Caller } from '../../../src/engine/caller.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { AppError } from '../../../src/errors/errors.ts';
import { actInTenant } from '../../../src/features/tenants/act-in-tenant.ts';
import type { RequestFacts, RouteDefinition } from '../../../src/http/route/define-route.ts';
import { registryOf } from '../../engine/registries.ts';

const callerWho = (isSuperadmin: boolean): Caller => ({
  userId: 'ann', tenantId: 'default', sessionId: 's', username: 'ann', roles: [], roleTypes: [], attributes: {},
  grants: compileGrants(registryOf({}), { rights: [], policies: [], isSuperadmin }),
});

/** A route that notes for whom it ran and with which query. */
function watchRoute() {
  const seen: object[] = [];
  const checks: RequestFacts['requireAllowed'][] = [];
  const order: string[] = [];
  const inner = { input: { query: { page: {} } }, errors: ['role-not-found'], run: (
    { query }: { query: object }, caller: Caller, facts: Pick<RequestFacts, 'requireAllowed'>,
  ) => {
    seen.push({ query, tenantId: caller.tenantId, homeTenantId: caller.homeTenantId });
    checks.push(facts.requireAllowed?.bind(facts));
    return 'an answer';
  } };
  const tenants: Readonly<Record<string, string>> = { acme: 'a', default: 'default' };
  const route = actInTenant(inner as unknown as RouteDefinition, { // all that is read of it
    findTenant: (name) => Promise.resolve(tenants[name] ?? Promise.reject(new AppError('tenant-not-found'))),
    callerNow: ({ tenantId, homeTenantId }) => Promise.resolve(order.push(`caller of ${homeTenantId ?? ''} in ${tenantId}`)),
  });
  const run = (caller: Caller | null, query: object, facts: object = {}) => route.run(
    { query, params: {}, body: {} }, caller, facts as never, () => undefined,
  ); // only handed on
  return { seen, checks, order, route, run };
}

describe('a route that acts in a tenant that is named', () => {
  it('without a name, runs unchanged for every caller', async () => {
    const { seen, run } = watchRoute();
    expect(await run(callerWho(false), { page: '1' })).toBe('an answer');
    expect(seen).toEqual([{ query: { page: '1' }, tenantId: 'default', homeTenantId: undefined }]);
  });

  it('with a name, runs in that tenant for a superadmin, and does not see the name', async () => {
    const { seen, run } = watchRoute();
    expect(await run(callerWho(true), { page: '1', tenant: 'acme' })).toBe('an answer');
    expect(seen).toEqual([{ query: { page: '1' }, tenantId: 'a', homeTenantId: 'default' }]);
  });

  it('with a name, reads the caller again in each transaction, after the check that the call has already', async () => {
    const { checks, order, run } = watchRoute();
    await run(callerWho(true), { tenant: 'acme' }, { requireAllowed: () => Promise.resolve(void order.push('the call')) });
    await checks[0]?.({});
    expect(order).toEqual(['the call', 'caller of default in a']);
  });

  it('with the name of the own tenant, runs as it is', async () => {
    const { seen, checks, run } = watchRoute();
    await run(callerWho(true), { tenant: 'default' });
    expect(checks).toEqual([undefined]);
    expect(seen).toEqual([{ query: {}, tenantId: 'default', homeTenantId: undefined }]);
  });

  it.each<[string, Caller | null, unknown, string]>([
    ['somebody who is no superadmin', callerWho(false), 'acme', 'tenant-not-yours'],
    ['somebody who is no superadmin, for no tenant', callerWho(false), 'nobody', 'tenant-not-yours'],
    ['nobody', null, 'acme', 'tenant-not-yours'], ['a superadmin, for no tenant', callerWho(true), 'nobody', 'tenant-not-found'],
    ['a superadmin, with two names', callerWho(true), ['acme', 'other'], 'invalid-input'],
  ])('by %s, is refused and does not run', async (_who, caller, tenant, code) => {
    const { seen, run } = watchRoute();
    await expect(run(caller, { tenant })).rejects.toMatchObject({ code });
    expect(seen).toEqual([]);
  });

  it('says so in its input and its errors, and keeps its own', () => {
    const { route } = watchRoute();
    expect(Object.keys(route.input.query ?? {})).toEqual(['page', 'tenant']);
    expect(route.errors).toEqual(['role-not-found', 'tenant-not-found', 'tenant-not-yours']);
  });
});
