import { accessOnDemand } from '../../../src/engine/access.ts';
import type { Access } from '../../../src/engine/access.ts';
import { memberOf } from '../../../src/engine/grants/memberships-by-kind.ts';
import { accessOf } from './access-of.ts';

const owned = { effect: 'allow' as const, actions: ['update'], resources: ['items'], conditions: [
  { type: 'attribute' as const, left: 'resource.ownerId', operator: 'eq' as const, right: 'subject.id' },
] };

describe('access', () => {
  it('can and decide, answer by the attributes of the resource, missing ones against the caller', () => {
    const access = accessOf({ policies: [owned] });
    expect([access.can('update', 'items/7', { ownerId: 'ada' }), access.can(
      'update', 'items/7', { ownerId: 'eve' },
    ), access.can('update', 'items/7'), access.can('read', 'items/7', { ownerId: 'ada' })])
      .toEqual([true, false, false, false]);
    expect(access.decide('update', 'items/7')).toEqual({ allowed: false, reason: 'permission-missing', required: 'update:items/7' });
  });

  it('a document of MongoDB, is known by its _id, whatever field of it is called id', () => {
    const access = accessOf({ policies: [{ effect: 'allow', actions: ['read'], resources: ['items'], conditions: [
      { type: 'attribute', left: 'resource.id', operator: 'eq', right: { value: '7' } },
    ] }] });
    expect([access.can('read', 'items/7', { _id: '7' }), access.can(
      'read', 'items/8', { _id: '8', id: '7' },
    ), access.can('read', 'items/7', { id: '7' })]).toEqual([true, false, true]);
  });

  it('URLs, are no resources that can or scope would allow', () => {
    const access = accessOf({ isSuperadmin: true });
    expect([access.can('GET', '/items'), access.scope('GET', '/items')]).toEqual([false, { _id: { $in: [] } }]);
  });

  it('on demand, is made when it is asked for more than the caller, and once', () => {
    const asked: number[] = [];
    const [first, second] = [accessOf({ permissions: ['read:items'] }), accessOf()];
    const give = accessOnDemand<number>((_caller, request) => {
      asked.push(request);
      return request === 1 ? first : second;
    });
    const accesses: Access[] = [give(first.caller, 1), give(second.caller, 2)];
    expect([accesses.map(({ caller }) => caller), asked]).toEqual([[first.caller, second.caller], []]);
    const [{ can, decide, scope } = second, other = first] = accesses;
    expect([can('read', 'items'), decide('read', 'items').allowed, scope('update', 'items'), other.can('read', 'items')])
      .toEqual([true, true, { _id: { $in: [] } }, false]);
    expect(asked).toEqual([1, 2]);
  });

  it('memberships, are told apart by the kind of their resource', () => {
    expect(memberOf(['projects/7', 'items/1/parts', 'projects/10', 'projects/7', 'archive', '__proto__/x'])).toEqual(
      Object.fromEntries([['projects', ['10', '7']], ['items', ['1/parts']], ['__proto__', ['x']]]));
  });
});
