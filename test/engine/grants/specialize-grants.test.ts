import type { AttributeCondition } from '../../../src/engine/policies/condition.attribute.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { specializeGrants, specializeCompiledGrants, specializePolicy } from '../../../src/engine/grants/specialize-grants.ts';
import { registryOf } from '../registries.ts';

const about = (
  operator: AttributeCondition['operator'], right?: AttributeCondition['right'], left = 'subject.roles',
): AttributeCondition => ({ type: 'attribute', left, operator, ...(right !== undefined && { right }) });
const always = { effect: 'allow', actions: ['read'], resources: ['notes'] } as const;
const atWork = { type: 'tenant', value: 'acme' } as const;
const when = (...conditions: NonNullable<Policy['conditions']>): Policy => ({ ...always, conditions });

describe('policies for somebody whose roles are known', () => {
  it.each<[string, Policy, readonly string[], Policy | null]>([
    ['a condition that holds, is left out', when(about('eq', { value: 'clerk' })), ['guest', 'clerk'], always],
    ['one that does not, no policy', when(about('eq', { value: 'clerk' })), ['guest'], null],
    ['nobody\'s roles, no policy', when(about('eq', { value: 'clerk' })), [], null],
    ['what the roles must not be', when(about('ne', { value: 'clerk' })), ['guest'], always],
    ['what they must not be and are', when(about('ne', { value: 'clerk' })), ['clerk'], null],
    ['one of a list', when(about('in', { value: ['boss', 'clerk'] })), ['clerk'], always],
    ['that there are any', when(about('exists')), [], always],
    ['two of which one does not hold', when(about('eq', { value: 'clerk' }), about('eq', { value: 'boss' })), ['clerk'], null],
    ['beside another, which stays', when(atWork, about('eq', { value: 'clerk' })), ['clerk'], when(atWork)],
    ['of another attribute, stays', when(about('eq', { value: 'clerk' }, 'subject.email')), ['clerk'], when(
      about('eq', { value: 'clerk' }, 'subject.email'),
    )],
    ['compared with the resource, stays', when(about('in', 'subject.roles', 'resource.role')), ['clerk'], when(
      about('in', 'subject.roles', 'resource.role'),
    )],
    ['of a part of the roles, which roles do not tell, stays', when(about('eq', { value: 'clerk' }, 'subject.roles.kind')), ['clerk'], when(
      about('eq', { value: 'clerk' }, 'subject.roles.kind'),
    )],
    ['spelled wrongly, stays', when(about('eq')), ['clerk'], when(about('eq'))],
    ['no condition', always, ['clerk'], always],
    ['a deny whose condition holds', { ...when(about('eq', { value: 'clerk' })), effect: 'deny' }, ['clerk'], {
      ...always, effect: 'deny',
    }],
    ['a deny whose condition does not', { ...when(about('eq', { value: 'clerk' })), effect: 'deny' }, [], null],
  ])('%s', (_name, policy, roles, expected) => {
    expect(specializePolicy(policy, roles)).toEqual(expected);
    expect(specializeGrants([{ kind: 'policy', policy, chain: [] }], roles).map((granted) => ('policy' in granted ? granted.policy : null)))
      .toEqual(expected ? [expected] : []);
    const grants = compileGrants(registryOf({}), { rights: [], policies: [policy], isSuperadmin: false });
    expect(specializeCompiledGrants(grants, roles).compiledPolicies.map((compiled) => compiled.policy)).toEqual(expected ? [expected] : []);
    expect(specializeCompiledGrants(grants, roles) === grants).toBe(
      JSON.stringify(expected) === JSON.stringify(policy),
    ); // nothing to settle: nothing is compiled anew
  });
});
