import fc from 'fast-check';
import { collectGrants } from '../../../src/engine/grants/collect-grants.ts';
import type { GivingRole } from '../../../src/engine/grants/collect-grants.ts';
import { decide } from '../../../src/engine/decide.ts';
import type { Decision } from '../../../src/engine/decide.ts';
import { grantSetOf } from '../../../src/engine/grants/grant.ts';
import { grantsToClaims, grantsFromClaims } from '../../../src/engine/grants/token-grants.ts';
import type { GrantClaims } from '../../../src/engine/grants/token-grants.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { policyKey } from '../../../src/engine/policies/policy.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { scope } from '../../../src/engine/scope.ts';
import { createUrlRegistry } from '../../../src/engine/urls/url-registry.ts';
import { proof } from '../../support/proof.ts';
import { action, context, policies, resource } from '../random-policies.ts';
import { stored } from '../resources/stored.ts';

const numRuns = proof({ short: 1_000, ci: 30_000, full: 100_000 });
const registry = createUrlRegistry([]);
const nobody = { permissions: [], policies: [], isSuperadmin: false };
const roleOf = (content: Partial<GivingRole>): GivingRole => ({
  roleId: 'r', rights: [], permissions: [], policies: [], inherits: [], ...content,
});
const grantSetBy = (content: Partial<GivingRole>, ...memberships: { resource: string; permissions: string[] }[]) => {
  const roles = [roleOf(content), ...memberships.map(({ permissions }, index) => roleOf({ roleId: `m${index}`, permissions }))];
  const given = memberships.map(({ resource: on }, index) => ({ membershipId: `m${index}`, resource: on, roleId: `m${index}` }));
  return grantSetOf(
    collectGrants({ roles: ['r'], groups: [], memberships: given }, (roleId) => roles.find((role) => role.roleId === roleId)),
  );
};

/** A policy with no conditions may say so by an empty list. */
const keyed = (decision: Decision) => ({ ...decision, ...('policy' in decision && { policy: policyKey(decision.policy) }) });

/** Through JSON, as a token carries it. */
const carried = (claims: GrantClaims): GrantClaims => JSON.parse(JSON.stringify(claims)) as GrantClaims;

describe('grantsToClaims', () => {
  it('permissions held everywhere, are named and not repeated as policies', () => {
    const claims = grantsToClaims(grantSetBy({ permissions: ['read:items', 'create:items'] }), {});
    expect(claims).toEqual({ permissions: ['create:items', 'read:items'], policies: [], attributes: {} });
  });

  it('permission held on one resource, is a policy about that resource alone', () => {
    const claims = grantsToClaims(
      grantSetBy({ permissions: ['read:items'] }, { resource: 'projects/1', permissions: ['read:projects', 'read:items'] }), {},
    );
    expect(claims).toEqual(
      { permissions: ['read:items'], policies: [{ effect: 'allow', actions: ['read'], resources: ['projects/1'] }], attributes: {} },
    );
  });

  it('superadmin, is the claim manage:* before all others', () => {
    expect(grantsToClaims(
      { permissions: ['create:items'], policies: [{ effect: 'allow', actions: ['create'], resources: ['items'] }], isSuperadmin: true }, {},
    ))
      .toEqual({ permissions: ['manage:*', 'create:items'], policies: [], attributes: {} });
  });

  it('policies about URLs, are left out; a policy about everything is kept', () => {
    const deny: Policy = { effect: 'deny', actions: ['manage'], resources: ['*'] };
    expect(grantsToClaims({ ...nobody, policies: [{ effect: 'deny', actions: ['GET'], resources: ['/admin/**'] }, deny] }, {}).policies)
      .toEqual([deny]);
  });

  it('attributes, are those that a policy names on either side, and no others', () => {
    const policyOf = (left: string, right: string | { value: string }): Policy => (
      { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [{ type: 'attribute', left, operator: 'eq', right }] });
    const known = {
      id: 'u1', email: 'ada@example.com', department: { name: 'kitchen', head: 'bob', floors: [{ name: 1 }] }, roles: ['cook'],
    };
    const named = (...given: Policy[]) => grantsToClaims({ ...nobody, policies: given }, known).attributes;
    expect(named()).toEqual({});
    expect(named(policyOf('resource.owner', 'subject.id'), policyOf('subject.department.name', { value: 'kitchen' })))
      .toEqual({ id: 'u1', department: { name: 'kitchen' } });
    expect(named(policyOf('subject.department', 'resource.department'), policyOf('subject.department.name', 'resource.name')))
      .toEqual({ department: known.department });
    expect(named(policyOf('subject.department.floors.name', { value: '1' }), policyOf('subject.email.host', { value: 'x' }), policyOf(
      'subject.none.at.all', { value: 'x' },
    )))
      .toEqual({ department: { floors: [{ name: 1 }] }, email: 'ada@example.com' });
    expect(named(policyOf('subject.shoeSize', { value: 'subject.email' }))).toEqual({});
    expect(named({ ...policyOf('resource.owner', 'subject.email'), resources: ['/items'] })).toEqual({});
  });
});

describe('grantsFromClaims', () => {
  it('permission in an unknown spelling, gives nothing', () => {
    expect(grantsFromClaims({ permissions: ['items', ':', 'read:'], policies: [] })).toEqual([]);
  });

  it('grants read from a token, decide about every resource like the grants that were written to it', () => {
    const permission = fc.tuple(action, resource).map((parts) => parts.join(':'));
    const permissions = fc.array(permission, { maxLength: 3 });
    const membership = fc.record({ resource, permissions });
    fc.assert(fc.property(permissions, policies, fc.array(
      membership, { maxLength: 2 },
    ), fc.boolean(), fc.tuple(action, resource), context, (named, own, memberships, isSuperadmin, [wanted, on], known) => {
      const grantSet = { ...grantSetBy({ permissions: named, policies: own }, ...memberships), isSuperadmin };
      const claims = carried(grantsToClaims(grantSet, known.subject ?? {}));
      const request = { action: wanted, resource: on };
      const here = { grants: compileGrants(registry, grantSet), context: { ...known, subject: known.subject ?? {} } };
      const there = {
        grants: compileGrants(registry, grantSetOf(grantsFromClaims(claims))), context: { ...known, subject: claims.attributes },
      };
      expect(keyed(decide(there.grants, request, there.context))).toEqual(keyed(decide(here.grants, request, here.context)));
      expect(scope(there.grants, request, there.context, stored)).toEqual(scope(here.grants, request, here.context, stored));
    }), { numRuns });
  }, proof({ short: 60_000, ci: 600_000, full: 1_800_000 }));
});
