import { decideUrl } from '../../src/engine/decide.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import { resolveRights } from '../../src/engine/grants/right.ts';
import { mightBeAllowed } from '../../src/engine/partial-decision.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';
import { registryOf, school } from './registries.ts';

const registry = registryOf(school);
const [configUrl] = registry.endpointsOf('/roles/create');
const [authUrl] = registry.endpointsOf('/users/me');
if (!configUrl || !authUrl) throw new Error('These URLs are registered.');
const context = { now: 0 };
const grantsOf = (isSuperadmin: boolean, ...policies: readonly Policy[]) => compileGrants(registry, { rights: [], policies, isSuperadmin });
const denyAll: Policy = { effect: 'deny', actions: ['manage'], resources: ['/**'] };

describe('decideUrl, a config URL that the admin of a tenant holds as well', () => {
  const tenants = registryOf({ config: { '/roles/': [{ name: 'load', methods: ['GET'], tenantAdmin: true }] } });
  const [endpoint] = tenants.endpointsOf('/roles/load');
  if (!endpoint) throw new Error('This URL is registered.');
  const { rights } = resolveRights(tenants, ['/roles/load'], '', true);
  const holding = (policies: readonly Policy[], isSuperadmin = false) => compileGrants(tenants, { rights, policies, isSuperadmin });

  it('is open to them by their right, and closed by a deny, as others are not', () => {
    expect(decideUrl(holding([]), { endpoint }, context)).toMatchObject({ allowed: true, reason: 'right' });
    expect(decideUrl(holding([denyAll]), { endpoint }, context)).toMatchObject({ allowed: false, reason: 'policy-denies' });
    expect(mightBeAllowed(holding([denyAll]), { endpoint }, context)).toBe(false);
    expect(decideUrl(holding([denyAll], true), { endpoint }, context)).toMatchObject({ allowed: true });
  });

  it('is opened to nobody by a policy', () => {
    const grants = compileGrants(tenants, { rights: [], policies: [{ ...denyAll, effect: 'allow' }], isSuperadmin: false });
    expect(decideUrl(grants, { endpoint }, context)).toMatchObject({ allowed: false, reason: 'right-missing' });
  });
});

describe('mightBeAllowed', () => {
  it('a config URL that a policy denies to a superadmin, is allowed, as by the decision', () => {
    const grants = grantsOf(true, denyAll);
    expect(decideUrl(grants, { endpoint: configUrl }, context).allowed).toBe(true);
    expect(mightBeAllowed(grants, { endpoint: configUrl }, context)).toBe(true);
  });

  it('another URL that a policy denies to a superadmin, is not allowed, as by the decision', () => {
    const grants = grantsOf(true, denyAll);
    expect(decideUrl(grants, { endpoint: authUrl }, context).allowed).toBe(false);
    expect(mightBeAllowed(grants, { endpoint: authUrl }, context)).toBe(false);
  });

  it('a config URL that a policy allows to somebody else, does not allow', () => {
    expect(mightBeAllowed(grantsOf(false, { ...denyAll, effect: 'allow' }), { endpoint: configUrl }, context)).toBe(false);
  });

  it('an unknown network, allows what an allow or a deny on networks decides', () => {
    const inside: Policy['conditions'] = [{ type: 'ip', ranges: ['10.0.0.0/8'] }];
    const allow: Policy = { effect: 'allow', actions: ['read'], resources: ['notes'] };
    const request = { action: 'read', resource: 'notes' };
    expect(mightBeAllowed(grantsOf(false, { ...allow, conditions: inside }), request, context)).toBe(true);
    expect(mightBeAllowed(grantsOf(false, { ...allow, conditions: inside }), request, { ...context, ip: '192.0.2.1' })).toBe(false);
    expect(mightBeAllowed(grantsOf(false, allow, { ...allow, effect: 'deny', conditions: inside }), request, context)).toBe(true);
    expect(
      mightBeAllowed(grantsOf(false, allow, { ...allow, effect: 'deny', conditions: inside }), request, { ...context, ip: '10.1.1.1' }),
    ).toBe(false);
    expect(mightBeAllowed(grantsOf(false), request, context)).toBe(false);
  });

  it('a URL that an allow opens, is allowed, and one that a deny surely closes or surely does not, as that says', () => {
    const allow: Policy = { effect: 'allow', actions: ['GET'], resources: ['/users/me'] };
    const elsewhere: Policy['conditions'] = [{ type: 'tenant', value: 'other' }];
    const here = { ...context, tenantId: 'acme' };
    expect(mightBeAllowed(grantsOf(false, allow), { endpoint: authUrl }, context)).toBe(true);
    expect(mightBeAllowed(grantsOf(false, allow, { ...allow, effect: 'deny' }), { endpoint: authUrl }, context)).toBe(false);
    expect(mightBeAllowed(grantsOf(false, allow, { ...allow, effect: 'deny', conditions: elsewhere }), { endpoint: authUrl }, here))
      .toBe(true);
    expect(mightBeAllowed(grantsOf(false, { ...allow, conditions: elsewhere }), { endpoint: authUrl }, here)).toBe(false);
    expect(mightBeAllowed(grantsOf(false, { ...allow, conditions: elsewhere }), { endpoint: authUrl }, context)).toBe(true);
  });

  it('a simple URL, is allowed to all, and another one without right and policy to nobody', () => {
    const [simpleUrl] = registry.endpointsOf('/login');
    if (!simpleUrl) throw new Error('This URL is registered.');
    expect(mightBeAllowed(grantsOf(false, denyAll), { endpoint: simpleUrl }, context)).toBe(true);
    expect(mightBeAllowed(grantsOf(false), { endpoint: authUrl }, context)).toBe(false);
  });
});
