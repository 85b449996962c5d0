import { nextRoleChange, replaceRole, rolesAt, withRolesToCome, withoutEnded } from '../../../src/engine/grants/role-times.ts';

const [start, end] = [1_000_000, 2_000_000];
const holder = { roles: ['always', 'timed'], roleTimes: [{ roleId: 'timed', validFrom: new Date(start), validUntil: new Date(end) }] };

describe('a role with a start and an end', () => {
  it.each([
    ['1 ms before the start', start - 1, ['always']], ['at the start', start, ['always', 'timed']],
    ['1 ms before the end', end - 1, ['always', 'timed']], ['at the end', end, ['always']],
  ])('%s, rolesAt answers the roles that count', (_when, now, expected) => {
    expect(rolesAt(holder, now)).toEqual(expected);
  });

  it('without a start or without an end, counts from ever or for ever', () => {
    expect(rolesAt({ roles: ['timed'], roleTimes: [{ roleId: 'timed', validUntil: new Date(end) }] }, 0)).toEqual(['timed']);
    expect(rolesAt({ roles: ['timed'], roleTimes: [{ roleId: 'timed', validFrom: new Date(start) }] }, Number.MAX_SAFE_INTEGER))
      .toEqual(['timed']);
  });

  it('at its end and not before, is left out by withoutEnded together with its times', () => {
    expect(withoutEnded(holder, end - 1)).toBe(holder);
    expect(withoutEnded(holder, end)).toEqual({ roles: ['always'], roleTimes: [] });
    const two = { roles: ['timed', 'later'], roleTimes: [...holder.roleTimes, { roleId: 'later', validUntil: new Date(end + 1) }] };
    expect(withoutEnded(two, end)).toEqual({ roles: ['later'], roleTimes: [{ roleId: 'later', validUntil: new Date(end + 1) }] });
  });

  it('with a start, counts at once as a role to come, until its end', () => {
    const toCome = withRolesToCome(holder);
    expect(rolesAt(toCome, start - 1)).toEqual(['always', 'timed']);
    expect(rolesAt(toCome, end)).toEqual(['always']);
    const withoutStart = { roles: ['timed'], roleTimes: [{ roleId: 'timed', validUntil: new Date(end) }] };
    expect(withRolesToCome(withoutStart)).toBe(withoutStart);
  });

  it('changes next at its start, then at its end, and then no more', () => {
    expect(nextRoleChange(holder, start - 1)).toEqual(new Date(start));
    expect(nextRoleChange(holder, start)).toEqual(new Date(end));
    expect(nextRoleChange(holder, end)).toBeNull();
    expect(nextRoleChange({ roles: ['always'] }, 0)).toBeNull();
  });
});

describe('replaceRole', () => {
  it('puts the new role in the place of the old one, once', () => {
    expect(replaceRole(['a', 'b', 'c'], 'b', 'd')).toEqual(['a', 'd', 'c']);
    expect(replaceRole(['a', 'b', 'c'], 'b', 'a')).toEqual(['a', 'c']);
  });
});
