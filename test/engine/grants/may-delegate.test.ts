import type { Grant } from '../../../src/engine/grants/grant.ts';
import { grantsUnlockedBy } from '../../../src/engine/grants/may-delegate.ts';
import type { Condition } from '../../../src/engine/policies/condition.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';

const asks = (left: string, right: Extract<Condition, { type: 'attribute' }>['right'] = { value: 'x' }): Condition => (
  { type: 'attribute', left, operator: 'eq', right });
const byAddress: Condition = { type: 'ip', ranges: ['10.0.0.0/8'] };
const allow = (...conditions: Condition[]): Policy => ({ effect: 'allow', actions: ['read'], resources: ['items'], conditions });
const deny = (resources: readonly string[], ...conditions: Condition[]): Policy => (
  { effect: 'deny', actions: ['read'], resources: [...resources], conditions });
const unlocked = (policy: Policy, attribute = 'subject.memberships') => {
  const granted: Grant = { kind: 'policy', chain: [], policy };
  return grantsUnlockedBy([granted], attribute).map((grant) => (grant.kind === 'policy' ? grant.policy : grant.kind));
};

describe('what a condition on an attribute of the subject holds back', () => {
  it.each([
    ['the attribute', asks('subject.memberships')], ['a part of it', asks('subject.memberships.projects')],
    ['the attribute on the right side', asks('resource.owner', 'subject.memberships')],
    ['a part of it on the right side', asks('resource.owner', 'subject.memberships.projects')],
  ])('on %s, is the allow without that condition, and what the deny denies', (_what, condition) => {
    expect(unlocked(allow(condition, byAddress))).toEqual([{ ...allow(byAddress) }]);
    expect(unlocked(deny(['items'], condition))).toEqual([{ effect: 'allow', actions: ['read'], resources: ['items'] }]);
  });

  it.each([
    ['another attribute', asks('subject.roles')], ['a longer name', asks('subject.membershipsX')],
    ['the name as a text', asks('subject.roles', { value: 'subject.memberships' })], ['the address', byAddress],
  ])('on %s, is nothing', (_what, condition) => {
    expect([unlocked(allow(condition)), unlocked(deny(['items'], condition))]).toEqual([[], []]);
  });

  it('in a deny on everything, or on a name that cannot be read, is every resource and every URL', () => {
    for (const resource of ['*', '**', 'a b']) {
      expect(unlocked(deny(['items', resource], asks('subject.memberships')))).toEqual(
        [{ effect: 'allow', actions: ['read'], resources: ['*', '/**'] }],
      );
    }
  });
});
