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
});
