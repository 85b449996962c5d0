import fc from 'fast-check';
import { chainOfRoles } from '../../src/access/role-chain.ts';

function rolesOf(inherits: Record<string, readonly string[]>) {
  const roles = new Map(Object.entries(inherits).map(([roleId, parents]) => [roleId, { roleId, inherits: parents }]));
  return (...roleIds: string[]) => chainOfRoles(roleIds, (roleId) => roles.get(roleId)).map(({ roleId }) => roleId);
}

describe('chainOfRoles', () => {
  it('a ladder, gives each step once, nearest first', () => {
    const chain = rolesOf({ admin: ['user'], user: ['guest'], guest: [] });
    expect([chain('admin'), chain('user'), chain('guest', 'admin'), chain()]).toEqual([['admin', 'user', 'guest'], ['user', 'guest'], ['guest', 'admin', 'user'], []]);
  });

  it('two ways to one role, gives it once', () => {
    expect(rolesOf({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })('a')).toEqual(['a', 'b', 'c', 'd']);
  });

  it('circles of one, two and three roles, end where they close', () => {
    expect(rolesOf({ a: ['a'] })('a')).toEqual(['a']);
    expect(rolesOf({ a: ['b'], b: ['a'] })('a')).toEqual(['a', 'b']);
    expect(rolesOf({ a: ['b'], b: ['c'], c: ['a'] })('b', 'b')).toEqual(['b', 'c', 'a']);
  });

  it('unknown roles, given or inherited, give nothing', () => {
    expect(rolesOf({ a: ['gone', 'b'], b: [] })('unknown', 'a')).toEqual(['a', 'b']);
  });

  it('any graph, gives exactly what can be reached', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const graph = fc.record(Object.fromEntries(ids.map((id) => [id, fc.subarray(ids)])));
    fc.assert(fc.property(graph, fc.subarray(ids), (inherits, start) => {
      let reached = new Set(start);
      for (let size = -1; size !== reached.size;) {
        size = reached.size;
        reached = new Set([...reached, ...[...reached].flatMap((id) => inherits[id] ?? [])]);
      }
      const chain = rolesOf(inherits)(...start);
      expect([...chain].sort()).toEqual([...reached].sort());
      expect(chain.slice(0, start.length)).toEqual(start);
    }));
  });
});
