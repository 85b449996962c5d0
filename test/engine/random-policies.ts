import fc from 'fast-check';
import type { AttributeCondition } from '../../src/engine/policies/condition.attribute.ts';
import type { Condition } from '../../src/engine/policies/condition.ts';
import type { DecisionContext } from '../../src/engine/policies/decision-context.types.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';

// A small world, so that random policies and random questions often meet.

const part = fc.constantFrom('items', 'orders', '1', '2', '*', '**');
const plainPart = fc.constantFrom('items', 'orders', '1', '2', '3');
export const resourcePattern = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
export const resource = fc.array(plainPart, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
export const action = fc.constantFrom('read', 'update', 'archive');

const scalar = fc.constantFrom<(string | number | boolean)[]>('a', 'b', 'u1', 1, 2, true, false);
const field = fc.constantFrom('resource.x', 'resource.y', 'resource.deep.x', 'resource.id');
const subjectField = fc.constantFrom('subject.id', 'subject.x', 'subject.x.x', 'subject.list', 'subject.none');
const comparing = fc.constantFrom('eq' as const, 'ne' as const, 'gt' as const, 'lt' as const);

export const attributeCondition: fc.Arbitrary<AttributeCondition> = fc.oneof(
  fc.record({
    type: fc.constant('attribute' as const), left: fc.oneof(field, subjectField), operator: comparing, right: fc.record({ value: scalar }),
  }),
  fc.record({ type: fc.constant('attribute' as const), left: field, operator: fc.constant('in' as const), right: fc.record(
    { value: fc.array(scalar, { maxLength: 3 }) },
  ) }),
  fc.record({
    type: fc.constant('attribute' as const), left: field, operator: fc.oneof(comparing, fc.constant('in' as const)), right: subjectField,
  }),
  fc.record({
    type: fc.constant('attribute' as const), left: subjectField, operator: fc.oneof(comparing, fc.constant('in' as const)), right: field,
  }),
  fc.record({ type: fc.constant(
    'attribute' as const,
  ), left: fc.oneof(field, subjectField), operator: fc.constant('exists' as const), right: fc.record({ value: fc.boolean() }) }),
);

const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 5, arbitrary: attributeCondition },
  fc.record({ type: fc.constant('tenant' as const), value: fc.constantFrom('acme', 'other') }),
  fc.record({ type: fc.constant('ip' as const), ranges: fc.constantFrom(['10.0.0.0/8'], ['11.0.0.0/8', '::1']) }),
  fc.record({ type: fc.constant('time' as const), from: fc.constantFrom(
    '08:00', '22:00',
  ), to: fc.constantFrom('18:00', '06:00'), zone: fc.constant('Europe/Berlin') }),
);

export const policy: fc.Arbitrary<Policy> = fc.record({
  effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
  actions: fc.array(fc.oneof(action, fc.constant('manage')), { minLength: 1, maxLength: 2 }),
  resources: fc.array(resourcePattern, { minLength: 1, maxLength: 2 }),
  conditions: fc.array(condition, { maxLength: 2 }),
});

export const policies = fc.array(policy, { maxLength: 6 });

const value = fc.oneof(
  { weight: 4, arbitrary: scalar }, fc.constant(null), fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 3 }),
  fc.record({ x: scalar }),
);

/** Fields of a document, with some null, missing, or lists. */
export const fields = fc.record({
  x: value, y: value, deep: fc.oneof(value, fc.record({ x: value }), fc.array(fc.record({ x: value }), { maxLength: 2 })),
}, { requiredKeys: [] });

const subject = fc.record(
  { id: fc.constantFrom('u1', 'u2'), x: value, list: fc.array(scalar, { maxLength: 3 }) }, { requiredKeys: ['id'] },
);

export const subjectFacts: fc.Arbitrary<Omit<DecisionContext, 'resource'>> = fc.record({
  now: fc.constantFrom(Date.parse('2026-01-15T10:00:00Z'), Date.parse('2026-01-15T23:00:00Z')),
  tenantId: fc.constantFrom('acme', 'other'), ip: fc.constantFrom('10.1.1.1', '12.0.0.1'), subject,
}, { requiredKeys: ['now'] });

export const context: fc.Arbitrary<DecisionContext> = fc.tuple(subjectFacts, fc.option(fields, { nil: undefined }))
  .map(([known, about]) => (about ? { ...known, resource: { id: '1', ...about } } : known));
