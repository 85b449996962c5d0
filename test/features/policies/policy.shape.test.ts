import { writtenPolicy } from '../../../src/features/policies/policy.shape.ts';

const policy = { effect: 'allow', actions: ['read'], resources: ['items'] };
const condition = { type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' };
const named = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

describe('a policy that is sent', () => {
  it.each([
    ['actions', 10, (count: number) => ({ ...policy, actions: named(count, 'act') })],
    ['resources', 20, (count: number) => ({ ...policy, resources: named(count, 'items') })],
    ['conditions', 10, (count: number) => ({ ...policy, conditions: Array<typeof condition>(count).fill(condition) })],
  ])('%s, may be %d and no more', (_part, most, withCount) => {
    expect([most, most + 1].map((count) => writtenPolicy.safeParse(withCount(count)).success)).toEqual([true, false]);
  });

  it.each(['actions', 'resources'])('without %s, is refused', (part) => {
    expect(writtenPolicy.safeParse({ ...policy, [part]: [] }).success).toBe(false);
  });

  it.each([
    ['on the left', { left: 'subject.userId', right: { value: 'ann' } }, 'left'],
    ['on the right', { right: 'subject.userId' }, 'right'],
  ])('that compares an attribute that no subject has, %s, is refused with the names of those there are', (_side, part, field) => {
    const result = writtenPolicy.safeParse({ ...policy, conditions: [{ ...condition, ...part }] });
    expect(result.error?.issues.map(({ path, message }) => ({ path, message }))).toEqual([{
      path: ['conditions', 0, field],
      message: 'must be one of subject.id, subject.email, subject.emailVerified, subject.roles, subject.memberships, subject.department, '
        + 'subject.attributes; there is no subject.userId',
    }]);
  });
});
