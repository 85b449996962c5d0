import { compileAttribute, parsePath, readComparison } from '../../../src/engine/policies/condition.attribute.ts';
import type { AttributeCondition } from '../../../src/engine/policies/condition.attribute.ts';
import type { Attributes } from '../../../src/engine/policies/decision-context.types.ts';

describe('parsePath', () => {
  it('of one to eight names below the subject or the resource, is read with what leads there', () => {
    expect(parsePath('resource.a.b.c'))
      .toEqual({ text: 'resource.a.b.c', of: 'resource', names: ['a', 'b', 'c'], field: 'a.b.c', above: ['a', 'a.b'] });
    expect(parsePath('subject.id')).toEqual({ text: 'subject.id', of: 'subject', names: ['id'], field: 'id', above: [] });
    expect(parsePath('subject.1.2')).toBeUndefined();
    expect(parsePath(`subject${'.a'.repeat(8)}`)?.names).toHaveLength(8);
    expect(parsePath(`subject.${'a'.repeat(64)}`)?.names).toHaveLength(1);
  });

  it.each(['subject', 'resource', '', 'id', 'other.id', 'subject.', 'subject..a', 'subject.$where', 'subject.a b', `subject${'.a'.repeat(
    9,
  )}`, `subject.${'a'.repeat(65)}`])('%s, is no path', (text) => {
    expect(parsePath(text)).toBeUndefined();
  });
});

const truthOf = (condition: Omit<AttributeCondition, 'type'>, context: { subject?: Attributes; resource?: Attributes }) => {
  const comparison = readComparison({ type: 'attribute', ...condition });
  return comparison ? compileAttribute(comparison)({ now: 0, ...context }, {}) : 'unreadable';
};

describe('a comparison of attributes', () => {
  it.each<[string, Omit<AttributeCondition, 'type'>, Attributes, string]>([
    ['greater than a value', { left: 'resource.a', operator: 'gt', right: { value: 1 } }, { a: 2 }, 'yes'],
    ['greater than the same value', { left: 'resource.a', operator: 'gt', right: { value: 2 } }, { a: 2 }, 'no'],
    ['less than a value', { left: 'resource.a', operator: 'lt', right: { value: 3 } }, { a: 2 }, 'yes'],
    ['less than the same value', { left: 'resource.a', operator: 'lt', right: { value: 2 } }, { a: 2 }, 'no'],
    ['less than a text of another type', { left: 'resource.a', operator: 'lt', right: { value: '3' } }, { a: 2 }, 'no'],
    ['the subject greater than the resource', { left: 'subject.level', operator: 'gt', right: 'resource.a' }, { a: 2 }, 'yes'],
    ['the subject less than the resource', { left: 'subject.level', operator: 'lt', right: 'resource.a' }, { a: 2 }, 'no'],
    ['one of a list', { left: 'resource.a', operator: 'in', right: { value: [1, 2] } }, { a: 2 }, 'yes'],
    ['one of more than four', { left: 'resource.a', operator: 'in', right: { value: [1, 3, 4, 5, 6, 2] } }, { a: 2 }, 'yes'],
    ['none of more than four', { left: 'resource.a', operator: 'in', right: { value: [1, 3, 4, 5, 6, 7] } }, { a: 2 }, 'no'],
    ['a list that meets one of more', { left: 'resource.a', operator: 'in', right: { value: [9] } }, { a: [1, 3, 4, 5, 6, 9] }, 'yes'],
    ['absent', { left: 'resource.a', operator: 'eq', right: { value: 1 } }, {}, 'missing'],
    ['not the value, with one that is missing beside', {
      left: 'resource.a', operator: 'ne', right: { value: 1 },
    }, { a: [2, null] }, 'missing'],
    ['there is one', { left: 'resource.a', operator: 'exists', right: { value: true } }, { a: null }, 'yes'],
    ['there is none, and none is wanted', { left: 'resource.a', operator: 'exists', right: { value: false } }, {}, 'yes'],
    ['there is none, and one is wanted', { left: 'resource.a', operator: 'exists' }, {}, 'no'],
    ['two fields of one resource', { left: 'resource.a', operator: 'eq', right: 'resource.b' }, { a: 1, b: 1 }, 'unreadable'],
    ['no path', { left: 'a', operator: 'eq', right: { value: 1 } }, { a: 1 }, 'unreadable'],
    ['nothing to compare with', { left: 'resource.a', operator: 'eq' }, { a: 1 }, 'unreadable'],
  ])('%s', (_what, condition, resource, expected) => {
    expect(truthOf(condition, { subject: { level: 5 }, resource })).toBe(expected);
  });

  it('of a resource that nobody knows, is missing, also where it asks for none', () => {
    expect(truthOf({ left: 'resource.a', operator: 'exists', right: { value: false } }, { subject: {} })).toBe('missing');
    expect(truthOf({ left: 'resource.a', operator: 'exists', right: { value: false } }, { resource: { a: 1 } })).toBe('no');
    expect(truthOf({ left: 'resource.list.a', operator: 'exists', right: { value: false } }, { resource: { list: [{ a: 1 }] } }))
      .toBe('missing');
  });
});
