import mongoose from 'mongoose';
import { readComparison } from '../../src/engine/policies/condition.attribute.ts';
import type { AttributeCondition } from '../../src/engine/policies/condition.attribute.ts';
import { createStoredAs } from '../../src/engine/resources/stored-as.ts';
import { attributeFilters } from '../../src/engine/scope.attribute.ts';

const stored = createStoredAs(mongoose.mongo);

function filtersOf(condition: Omit<AttributeCondition, 'type'>, subject: object = {}) {
  const comparison = readComparison({ type: 'attribute', ...condition });
  if (!comparison) throw new Error('This comparison can be read.');
  const context = { now: 0, subject: subject as Record<string, unknown> }; // an object is one
  const { holds, isMissing } = attributeFilters(comparison, context, new Map(), stored);
  return { holds, isMissing: isMissing() };
}

describe('a comparison as a filter', () => {
  const missing = { $or: [{ $and: [stored.missing('a'), { $nor: [stored.equal('a', [1])] }] }] };

  it('equal, holds for what equals it, and is missing where the field is and nothing equals it', () => {
    expect(filtersOf({ left: 'resource.a', operator: 'eq', right: { value: 1 } }))
      .toEqual({ holds: { $and: [stored.equal('a', [1])] }, isMissing: missing });
  });

  it('not equal, holds for all that neither equals it nor is missing', () => {
    expect(filtersOf({ left: 'resource.a', operator: 'ne', right: { value: 1 } }))
      .toEqual({ holds: { $nor: [{ $and: [stored.equal('a', [1])] }, ...missing.$or] }, isMissing: missing });
  });

  it('in an order, is missing where there are bytes as well', () => {
    const matches = stored.beside('gt', 'a', [1]);
    expect(filtersOf({ left: 'resource.a', operator: 'gt', right: { value: 1 } })).toEqual({
      holds: { $and: [matches] }, isMissing: { $or: [{ $and: [{ $or: [stored.missing('a'), stored.bytes('a')] }, { $nor: [matches] }] }] },
    });
  });

  it('with an attribute of the subject, takes its values; one that is missing is so for every document', () => {
    expect(filtersOf({ left: 'resource.a', operator: 'in', right: 'subject.teams' }, { teams: ['x', 'y'] }).holds)
      .toEqual({ $and: [stored.equal('a', ['x', 'y'])] });
    expect(filtersOf({ left: 'resource.a', operator: 'in', right: 'subject.teams' })).toEqual({ holds: false, isMissing: true });
  });

  it('with no values at all, holds for nothing, or for all that is known where it must not be equal', () => {
    const whole = { $and: [{ $nor: [stored.missing('a')] }] };
    expect(filtersOf({ left: 'resource.a', operator: 'in', right: 'subject.teams' }, { teams: [] }))
      .toEqual({ holds: false, isMissing: { $nor: [whole] } });
    expect(filtersOf({ left: 'resource.a', operator: 'ne', right: 'subject.teams' }, { teams: [] }))
      .toEqual({ holds: whole, isMissing: { $nor: [whole] } });
  });

  it('the id of the resource, is its _id', () => {
    expect(filtersOf({ left: 'resource.id', operator: 'eq', right: { value: 1 } }).holds).toEqual({ $and: [stored.equal('_id', [1])] });
  });

  it('below other fields, is missing where one of these is a list', () => {
    const isList = [{ a: { $type: 'array' } }, { 'a.b': { $type: 'array' } }];
    expect(filtersOf({ left: 'resource.a.b.c', operator: 'exists', right: { value: true } }))
      .toEqual({ holds: { $and: [{ $nor: isList }, { 'a.b.c': { $exists: true } }] }, isMissing: { $or: isList } });
    expect(filtersOf({ left: 'resource.a', operator: 'exists', right: { value: false } }))
      .toEqual({ holds: { $and: [{ a: { $exists: false } }] }, isMissing: false });
    expect(filtersOf({ left: 'resource.a.b', operator: 'eq', right: { value: 1 } }))
      .toMatchObject({ holds: { $and: [{ $nor: [isList[0]] }, {}] }, isMissing: { $or: [isList[0], {}] } });
  });
});
