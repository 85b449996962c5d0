import { collectGrants } from '../../src/engine/grants/collect-grants.ts';
import type { GivingRole } from '../../src/engine/grants/collect-grants.ts';
import { containsGrants } from '../../src/engine/grants/contains-grants.ts';
import { decide, decideUrl } from '../../src/engine/decide.ts';
import { explain } from '../../src/engine/explain.ts';
import type { Grant } from '../../src/engine/grants/grant.ts';
import { grantSetOf } from '../../src/engine/grants/grant.ts';
import { exceedsComplexity, compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import type { CompiledGrants } from '../../src/engine/grants/compiled-grants.ts';
import { restrictPolicy } from '../../src/engine/policies/restrict-policy.ts';
import { comparisonLimits, policyLimits } from '../../src/engine/policies/policy.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';
import { parseResourcePattern, patternLimits } from '../../src/engine/policies/resource-pattern.ts';
import { nothing, scope } from '../../src/engine/scope.ts';
import { alternating, everyCondition, everyFact, hostileCases, hostilePolicies, longName, nearMiss } from './hostile-policies.ts';
import { registryOf } from './registries.ts';
import { stored } from './resources/stored.ts';

// What is too much to be decided in time is refused for every holder. How long the rest takes: test/alone/hostile-cost.test.ts.

const registry = registryOf({ simple: { '/': ['news'] }, auth: { '/': ['items', 'a/*path'] }, config: { '/roles/': ['load'] } });
const grantsOf = (policies: readonly Policy[], isSuperadmin = false) => compileGrants(
  registry, { rights: [{ name: 'items', path: '/', url: '/items', access: 'auth' }], policies, isSuperadmin },
);
const context = { now: 0, tenantId: 'acme' };
const everything: Policy = { effect: 'allow', actions: ['manage'], resources: ['*', '/**'] };
const url = (grants: CompiledGrants | null, path: string) => {
  const [endpoint] = registry.endpointsOf(path);
  if (!endpoint) throw new Error(`${path} is not registered`);
  return decideUrl(grants, { endpoint, path }, context);
};

/** What two roles at their limits hold together. */
const tooMuch = [...hostilePolicies({ pattern: alternating, condition: everyCondition }), ...hostilePolicies(
  { pattern: nearMiss, condition: everyCondition },
)];

describe('policies at their limits', () => {
  it.each(hostileCases)('$name, count: an allow of everything beside them is found', ({ policies, asked, context: known }) => {
    const grants = grantsOf([...policies, everything]);
    expect(grants.compiledPolicies).toHaveLength(policies.length + 1);
    if (!asked.startsWith('/')) {
      expect(decide(grants, { action: 'read', resource: asked }, known)).toMatchObject({ allowed: true, policy: everything });
    }
  });

  it('patterns, are as long as a pattern may be and no longer', () => {
    for (const pattern of [alternating(0), nearMiss(policyLimits.policies * policyLimits.resources)]) {
      expect(parseResourcePattern(pattern)).toBeDefined();
      expect(parseResourcePattern(`${pattern}/c`)).toBeUndefined();
    }
  });
});

describe('more policies than can be compared in time', () => {
  const grants = grantsOf([...tooMuch, everything]);

  it('of anybody, deny everything but simple URLs', () => {
    expect(decide(grants, { action: 'read', resource: 'items' }, context).reason).toBe('policy-denies');
    expect(decide(grants, { action: 'manage', resource: 'items/1' }, everyFact).reason).toBe('policy-denies');
    expect([url(grants, '/items').reason, url(grants, '/news').reason]).toEqual(['policy-denies', 'simple-url']);
    expect(scope(grants, { action: 'read', resource: 'items' }, context, stored)).toEqual(nothing);
  });

  it('of a superadmin, leave the config URLs open', () => {
    const superadmin = grantsOf(tooMuch, true);
    expect([url(superadmin, '/items').allowed, url(superadmin, '/roles/load').allowed]).toEqual([false, true]);
  });

  it('explained, deny without a cause among what is held', () => {
    const granted = [...tooMuch, everything].map((policy): Grant => ({ kind: 'policy', policy, chain: [] }));
    expect(explain(registry, granted, { action: 'read', resource: 'items' }, context))
      .toMatchObject({ decision: { reason: 'policy-denies' }, causes: [] });
  });

  it('neither contain nor hide anything: a caller without grants may act on their holder', () => {
    expect(containsGrants(grants, grantsOf([everything]), registry)).toBe(false);
    expect(containsGrants(grantsOf([]), grants, registry)).toBe(true);
  });

  it('as many patterns and conditions as one question may meet, are compared, and one more is not', () => {
    const { decision } = comparisonLimits;
    const permitted = (count: number) => Array.from(
      { length: count }, (_each, number): Policy => ({ effect: 'allow', actions: ['read'], resources: [nearMiss(number)] }),
    );
    const condition: Policy = { effect: 'allow', actions: ['read'], resources: ['**'], conditions: [{ type: 'tenant', value: 'acme' }] };
    const most = [...permitted(decision - 2), condition];
    expect(grantsOf(most).compiledPolicies).toHaveLength(decision - 1);
    expect(grantsOf([...most, { effect: 'allow', actions: ['read'], resources: ['*'] }]).compiledPolicies).toHaveLength(1);
    expect([exceedsComplexity(most), exceedsComplexity([...permitted(decision - 1), condition])]).toEqual([false, true]);
    // What begins otherwise, or is about another action, is not compared.
    expect(grantsOf([...most, { effect: 'allow', actions: ['write'], resources: ['**'] }]).compiledPolicies).toHaveLength(decision);
    const named = ['z', 'y'].map((name): Policy => ({ effect: 'allow', actions: ['read'], resources: [name] }));
    expect(grantsOf([...permitted(decision - 1), ...named]).compiledPolicies).toHaveLength(decision + 1);
  });

  it('memberships on thousands of resources, are not too many', () => {
    const role: GivingRole = {
      roleId: 'member', rights: [], permissions: ['read:projects/*', 'update:projects/*/tasks'], policies: [], inherits: [],
    };
    const memberships = Array.from(
      { length: 5_000 }, (_each, number) => ({ membershipId: String(number), resource: `projects/p${number}`, roleId: 'member' }),
    );
    const held = grantsOf(grantSetOf(collectGrants({ roles: [], groups: [], memberships }, () => role)).policies);
    expect(['read:projects/p7', 'update:projects/p4999/tasks/1', 'update:projects/p1', 'read:projects'].map((can) => {
      const [action = '', resource = ''] = can.split(':');
      return decide(held, { action, resource }, context).allowed;
    })).toEqual([true, true, false, false]);
    expect(containsGrants(held, held, registry)).toBe(true);
    expect(containsGrants(held, grantsOf([{ effect: 'allow', actions: ['read'], resources: ['projects/other'] }]), registry)).toBe(false);
  });

  it('a chain of a thousand roles, gives what each of them holds', () => {
    const roleOf = (roleId: string): GivingRole => ({ roleId, rights: [], permissions: [
      `read:items/${roleId}`,
    ], policies: [], inherits: Number(roleId) < 999 ? [String(Number(roleId) + 1)] : [] });
    const granted = collectGrants({ roles: ['0'], groups: [], memberships: [] }, roleOf);
    expect(granted).toHaveLength(1_000);
    expect(decide(grantsOf(grantSetOf(granted).policies), { action: 'read', resource: 'items/999' }, context).allowed).toBe(true);
  });
});

describe('questions about too much', () => {
  const all = grantsOf([everything]);

  it('a resource of more parts than may be asked about, is allowed to nobody', () => {
    const { askedParts } = patternLimits;
    expect([longName(askedParts), longName(askedParts + 1)].map((resource) => decide(all, { action: 'read', resource }, context).reason))
      .toEqual(['policy', 'permission-missing']);
    expect(scope(all, { action: 'read', resource: longName(askedParts + 1) }, context, stored)).toEqual(nothing);
    expect(restrictPolicy(everything, longName(askedParts + 1))).toBeNull();
  });

  it('a URL of more parts than may be asked about, is unknown', () => {
    const { askedParts } = patternLimits;
    expect([askedParts, askedParts + 1].map((parts) => registry.lookUp('GET', `/${longName(parts)}`).kind)).toEqual(['found', 'unknown']);
  });

  it('a policy narrowed to where its pattern would be too long, is lost if it allows, and denies all there if it denies', () => {
    const at = longName(patternLimits.parts - 1);
    expect(restrictPolicy({ effect: 'allow', actions: ['read'], resources: ['**/x/y/z'] }, at)).toBeNull();
    expect(restrictPolicy({ effect: 'deny', actions: ['read'], resources: ['**/x/y/z'] }, at))
      .toMatchObject({ effect: 'deny', resources: [at] });
  });

  it('grants that take too many comparisons to contain each other, do not', () => {
    const [own, other] = [grantsOf(hostilePolicies({ pattern: alternating })), grantsOf(hostilePolicies({ pattern: nearMiss }))];
    expect(containsGrants(own, other, registry)).toBe(false);
    const few = hostilePolicies({ pattern: alternating, count: 10 });
    expect(containsGrants(grantsOf(few), grantsOf(few), registry)).toBe(true);
  });
});
