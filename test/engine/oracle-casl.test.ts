import { createMongoAbility, mongoQueryMatcher, subject } from '@casl/ability';
import type { MongoQuery, RawRuleOf, MongoAbility } from '@casl/ability';
import fc from 'fast-check';
import type { Scalar } from '../../src/engine/resources/stored-value.ts';
import type { AttributeCondition } from '../../src/engine/policies/condition.attribute.ts';
import type { Attributes } from '../../src/engine/policies/decision-context.types.ts';
import { decide } from '../../src/engine/decide.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';
import { proof } from '../support/proof.ts';
import { registryOf } from './registries.ts';

// Random policies with conditions, told to CASL as rules for one subject, which must answer the same about documents.
//
// CASL asks conditions of a document as MongoDB would, and takes the last rule that fits: denies come last. What it
// cannot say, and is left out here: globs (a rule is about one type, or one id of it), tenants, times and addresses, a
// path below something that is missing or a list, order between values of two types ('10' is more than 9 to CASL, here
// neither is more), and `lt` on a list with null in it, since null is less than anything to CASL. What it says in other words: an attribute
// of the subject is a value at the time
// at which its rules are made; and null or missing fields, which no CASL condition but `null` meets, must be written out.

const numRuns = proof({ short: 1_500, ci: 30_000, full: 100_000 });
/** How long a test may take, in ms. */
const limit = proof({ short: 60_000, ci: 600_000, full: 1_800_000 });
const registry = registryOf({});

// Each field has values of one type, so that the two orders are the same.
const word = fc.constantFrom('a', 'b', 'u1', 'u2');
const count = fc.constantFrom(1, 2, 3);
const values = { word, count, 'deep.word': word, 'deep.count': count, flag: fc.boolean(), id: fc.constantFrom('1', '2', '3') };
type Field = keyof typeof values;
const field = fc.constantFrom(...Object.keys(values) as Field[]); // the names of the table above
const kindOf = (name: Field): 'word' | 'count' | 'other' => (name.endsWith('word') ? 'word' : name.endsWith('count') ? 'count' : 'other');
const comparing = (name: Field) => (kindOf(name) === 'other' ? fc.constantFrom('eq' as const, 'ne' as const) : fc.constantFrom(
  'eq' as const, 'ne' as const, 'gt' as const, 'lt' as const,
));
const subjectFieldOf = (name: Field) => (kindOf(name) === 'count' ? fc.constantFrom('subject.count', 'subject.counts') : fc.constantFrom(
  'subject.word', 'subject.words', 'subject.id',
));

const condition: fc.Arbitrary<AttributeCondition> = field.chain((name) => {
  const of = <T>(arbitrary: fc.Arbitrary<T>) => arbitrary.map((rest) => ({ type: 'attribute' as const, ...rest }));
  const written = `resource.${name}`;
  return fc.oneof(
    of(fc.record(
      { left: fc.constant(written), operator: comparing(name), right: fc.record({ value: values[name] as fc.Arbitrary<Scalar> }) },
    )),
    of(fc.record({ left: fc.constant(written), operator: fc.constant('in' as const), right: fc.record(
      { value: fc.array(values[name] as fc.Arbitrary<Scalar>, { minLength: 1, maxLength: 3 }) },
    ) })),
    of(fc.record(
      { left: fc.constant(written), operator: fc.oneof(comparing(name), fc.constant('in' as const)), right: subjectFieldOf(name) },
    )),
    of(fc.record(
      { left: subjectFieldOf(name), operator: fc.oneof(comparing(name), fc.constant('in' as const)), right: fc.constant(written) },
    )),
    of(fc.record({ left: subjectFieldOf('word'), operator: comparing('word'), right: fc.record({ value: word }) })),
    of(fc.record({ left: fc.constant(written), operator: fc.constant('exists' as const), right: fc.record({ value: fc.boolean() }) })),
  );
});

const policies = fc.array(fc.record({
  effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
  actions: fc.array(fc.constantFrom('read', 'update', 'manage'), { minLength: 1, maxLength: 2 }),
  resources: fc.array(fc.constantFrom('items', 'items/*', 'items/1', 'items/2', 'orders', '*'), { minLength: 1, maxLength: 2 }),
  // CASL has one place for each operator on a field.
  conditions: fc.uniqueArray(condition, { maxLength: 3, selector: (each) => JSON.stringify(
    Object.entries(ask(each, {}).asked[0] ?? {}).map(([name, query]) => [name, Object.keys(query)]),
  ) }),
}), { maxLength: 6 });

const oneOrMore = <T>(each: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: each }, fc.array(each, { minLength: 1, maxLength: 3 }));
const userAttributes = fc.record({ id: fc.constantFrom('u1', 'u2'), word, words: fc.array(
  word, { minLength: 1, maxLength: 3 },
), count, counts: fc.array(count, { minLength: 1, maxLength: 2 }) });
const whole = fc.record({
  word: oneOrMore(word), count: oneOrMore(count), flag: fc.boolean(), deep: fc.record({ word: oneOrMore(word), count: oneOrMore(count) }),
});
const orNull = <T>(each: fc.Arbitrary<T>) => fc.oneof({ weight: 4, arbitrary: each }, fc.constant(null), fc.array(each, { maxLength: 3 }));
const flags = fc.array(fc.oneof(fc.boolean(), fc.constant(null)), { maxLength: 3 });
const holed = fc.record({
  word: orNull(word), count: orNull(count), flag: fc.oneof(orNull(fc.boolean()), flags),
  deep: fc.record({ word: orNull(word), count: orNull(count) }, { requiredKeys: [] }),
}, { requiredKeys: ['deep'] });

/** What CASL asks of one field of a document; of several, one has to hold. */
type Asked = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const turned = { gt: 'lt', lt: 'gt', eq: 'eq', ne: 'ne', in: 'in', exists: 'exists' } as const;

/** A condition in CASL's words, as it would be written by hand: the subject's attributes are known by now. */
function ask({ left, operator, right }: AttributeCondition, user: Attributes): { of: 'subject' | 'resource'; asked: Asked[] } {
  const known = (path: string): unknown[] => [user[path.slice('subject.'.length)]].flat();
  if (typeof right === 'string' && right.startsWith('resource.')) return {
    of: 'resource', asked: compare(right, turned[operator], known(left)),
  };
  const wanted = typeof right === 'string' ? known(right) : [right?.value].flat();
  return { of: left.startsWith('subject.') ? 'subject' : 'resource', asked: compare(left, operator, wanted) };
}

function compare(path: string, operator: AttributeCondition['operator'], wanted: readonly unknown[]): Asked[] {
  const name = path.slice(path.indexOf('.') + 1);
  switch (operator) {
    case 'eq': case 'in': return [{ [name]: { $in: wanted } }];
    case 'ne': return [{ [name]: { $nin: wanted } }];
    case 'gt': case 'lt': return wanted.map((value) => ({ [name]: { [`$${operator}`]: value } }));
    case 'exists': return [{ [name]: { $exists: wanted[0] } }];
  }
}

/** The same where fields may be null or missing: an allow needs the value, a deny counts without it. */
function written({ effect }: Policy, { operator }: AttributeCondition, asked: readonly Asked[]): Asked[] {
  const [name = ''] = Object.keys(asked[0] ?? {});
  if (operator === 'exists' || name === 'id') return [...asked]; // neither is ever missing
  if (operator === 'ne' && effect === 'deny') return [...asked];
  return effect === 'deny' ? [...asked, { [name]: { $eq: null } }] : asked.map(
    (each) => ('$in' in (each[name] ?? {}) ? each : { [name]: { ...each[name], $ne: null } }),
  );
}

type Rule = RawRuleOf<MongoAbility>;
type Write = typeof written;

function rulesOf(policy: Policy, user: Attributes, write: Write): Rule[] {
  let all: Asked[][] = [[]];
  for (const each of policy.conditions ?? []) {
    if (each.type !== 'attribute') throw new Error('Only attributes are told to CASL.');
    const { of, asked } = ask(each, user);
    const either = write(policy, each, asked);
    if (of === 'resource') all = all.flatMap((one) => either.map((other) => [...one, other]));
    else if (!either.some((query) => mongoQueryMatcher(query as MongoQuery)(user))) return [];
  }
  return policy.resources.flatMap((resource) => {
    const [type = '', id = '*'] = resource.split('/');
    return all.map((asked): Rule => {
      const conditions = joined([...asked, ...(id === '*' ? [] : [{ id: { $eq: id } }])]);
      return { action: [
        ...policy.actions,
      ], subject: type === '*' ? 'all' : type, inverted: policy.effect === 'deny', ...(conditions && { conditions }) };
    });
  });
}

function joined(asked: readonly Asked[]): MongoQuery | undefined {
  const query: Record<string, Record<string, unknown>> = {};
  for (const each of asked) for (const [name, operators] of Object.entries(each)) query[name] = { ...query[name], ...operators };
  return asked.length > 0 ? query : undefined;
}

function abilityOf(held: readonly Policy[], user: Attributes, write: Write): MongoAbility {
  const rules = (wanted: Policy['effect']) => held.filter(({ effect }) => effect === wanted).flatMap(
    (policy) => rulesOf(policy, user, write),
  );
  return createMongoAbility([...rules('allow'), ...rules('deny')]);
}

function compareWith(documents: fc.Arbitrary<Attributes>, write: Write, title: string): void {
  const counts = { policy: 0, 'policy-denies': 0, 'permission-missing': 0 };
  const asked = fc.record({ action: fc.constantFrom('read', 'update'), type: fc.constantFrom('items', 'items', 'orders'), id: values.id });
  fc.assert(fc.property(policies, userAttributes, documents, asked, (held, user, fields, { action, type, id }) => {
    const grants = compileGrants(registry, { rights: [], policies: held, isSuperadmin: false });
    const document = { ...fields, id };
    const { reason, allowed } = decide(grants, { action, resource: `${type}/${id}` }, { now: 0, subject: user, resource: document });
    const theirs = abilityOf(held, user, write).can(action, subject(type, { ...document }));
    if (theirs !== allowed) throw new Error(`CASL ${theirs ? 'allows' : 'refuses'} what is ${reason} here.`);
    if (reason in counts) counts[reason as keyof typeof counts] += 1; // the three reasons of decide
  }), { numRuns, includeErrorInReport: true });
  console.log(`CASL, ${title}: ${numRuns} questions, 0 disagreements: ${JSON.stringify(counts)}`);
  for (const seen of Object.values(counts)) expect(seen).toBeGreaterThan(numRuns / 20);
}

describe('CASL', () => {
  it('rules as they stand, documents that miss nothing, gives the same answers', () => {
    compareWith(whole, (_policy, _condition, asked) => [...asked], 'whole documents');
  }, limit);

  it('rules with what is missing written out, documents with null and missing fields, gives the same answers', () => {
    compareWith(holed, written, 'null and missing fields');
  }, limit);
});
