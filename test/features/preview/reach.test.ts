import { isLarger, nobody, reachOf } from '../../../src/features/preview/reach.ts';
import type { Change } from '../../../src/platform/changes/change.service.ts';

const change = (kind: Change['target']['kind'], id: string, more: Partial<Change> = {}): Change => (
  { action: 'role.update', target: { kind, id }, ...more });
const listed = ({ isEverybody, roleIds, groupIds, userIds }: ReturnType<typeof reachOf>) => (
  { isEverybody, roleIds: [...roleIds], groupIds: [...groupIds], userIds: [...userIds] });

describe('the reach of changes', () => {
  it('of roles and groups that change what they give, is their holders; of others, the users that are named', () => {
    expect(listed(reachOf([
      change('role', 'r', { raisesPolicy: true }), change('group', 'g', { raisesPolicy: true }), change('role', 'named only'),
      change('group', 'only users', { users: ['u', 'v'] }), change('user', 'w', { users: ['w', 'u'] }),
    ], nobody))).toEqual({ isEverybody: false, roleIds: ['r'], groupIds: ['g'], userIds: ['u', 'v', 'w'] });
  });

  it('of anything else that changes what roles give, is everybody', () => {
    expect(reachOf([change('tenant', 't', { raisesPolicy: true })], nobody).isEverybody).toBe(true);
    expect(reachOf([change('tenant', 't')], nobody).isEverybody).toBe(false);
  });

  it('is added to the earlier one', () => {
    const earlier = reachOf(
      [change('role', 'r', { raisesPolicy: true, users: ['u'] }), change('tenant', 't', { raisesPolicy: true })], nobody,
    );
    expect(listed(reachOf([change('group', 'g', { raisesPolicy: true })], earlier)))
      .toEqual({ isEverybody: true, roleIds: ['r'], groupIds: ['g'], userIds: ['u'] });
  });

  it.each([
    ['a role', change('role', 'r', { raisesPolicy: true })], ['a group', change('group', 'g', { raisesPolicy: true })],
    ['a user', change('user', 'u', { users: ['u'] })], ['everybody', change('tenant', 't', { raisesPolicy: true })],
  ])('with %s more, is larger, and with the same again it is not', (_what, more) => {
    const larger = reachOf([more], nobody);
    expect(isLarger(larger, nobody)).toBe(true);
    expect(isLarger(reachOf([more], larger), larger)).toBe(false);
  });
});
