import { exceed, fieldAt, meet, readValues, valuesAt } from './attribute-values.ts';
import type { AttributePath, Values } from './attribute-values.ts';
import type { ConditionTest, DecisionContext, ContextCache, Truth } from './condition.ts';
import type { Comparable, Scalar } from '../resources/stored-value.ts';

export const attributeOperators = ['eq', 'ne', 'in', 'gt', 'lt', 'exists'] as const;
export type AttributeOperator = (typeof attributeOperators)[number];

/** A comparison of an attribute of the subject or the resource with a value, or with an attribute of the other of them. */
export interface AttributeCondition {
  readonly type: 'attribute';
  /** `subject.NAME` or `resource.NAME`; names below it after further dots. */
  readonly left: string;
  readonly operator: AttributeOperator;
  /** A path like the left one, or a value, of `in` a list of values. `exists` takes `{ value: true }` or `{ value: false }`. */
  readonly right?: string | { readonly value: Scalar | readonly Scalar[] };
}

/** Undefined for what is no path. */
export function parsePath(text: string): AttributePath | undefined {
  const [of, ...names] = text.split('.');
  if ((of !== 'subject' && of !== 'resource') || names.length < 1 || names.length > 8) return undefined;
  if (!names.every((name) => /^[A-Za-z_][\w-]{0,63}$/.test(name))) return undefined;
  return { text, of, names, field: names.join('.'), above: names.slice(1).map((_name, index) => names.slice(0, index + 1).join('.')) };
}

/** A comparison read, with the resource on the left if it is part of it. */
export interface Comparison {
  readonly left: AttributePath;
  readonly operator: AttributeOperator;
  readonly right: AttributePath | readonly Scalar[];
}

const mirrored = { eq: 'eq', ne: 'ne', in: 'in', gt: 'lt', lt: 'gt', exists: 'exists' } as const;

/** Undefined for what cannot be compared: no path, no value, two fields of one resource, for which no index could serve, or an operator of a newer node. */
export function readComparison({ left, operator, right }: AttributeCondition): Comparison | undefined {
  const from = parsePath(left);
  if (!from || !attributeOperators.includes(operator)) return undefined;
  if (operator === 'exists') return { left: from, operator, right: [typeof right !== 'object' || right.value !== false] };
  if (typeof right === 'object') return { left: from, operator, right: Array.isArray(right.value) ? right.value as readonly Scalar[] : [right.value as Scalar] }; // Array.isArray does not narrow readonly lists
  const to = right === undefined ? undefined : parsePath(right);
  if (!to || (from.of === 'resource' && to.of === 'resource')) return undefined;
  return to.of === 'resource' ? { left: to, operator: mirrored[operator], right: from } : { left: from, operator, right: to };
}

/**
 * Asks how the sides compare.
 *
 * A list holds if one of its values does, as in a query of MongoDB, so that the same condition can be a filter. `ne` is
 * what `eq` is not. null, an absent field, a list in the middle of a path and a value of a type that cannot be compared are missing.
 */
export function compileAttribute({ left, operator, right }: Comparison): ConditionTest {
  if (operator === 'exists') return existence(left, wantsExistence(right));
  const compare = comparing[operator];
  const wantedOf = 'of' in right ? (
    context: DecisionContext, cache: ContextCache,
  ) => valuesAt(right, context, cache) : constant(readValues(right));
  return (context, cache) => {
    const wanted = wantedOf(context, cache);
    return wanted.isWhole ? compare(valuesAt(left, context, cache), wanted) : 'missing';
  };
}

/** How the values found stand to those wanted, which are all known. */
const comparing: Record<Exclude<AttributeOperator, 'exists'>, (found: Values, wanted: Values) => Truth> = {
  eq: holdsFor(meet),
  in: holdsFor(meet),
  gt: (found, wanted) => ordered(exceed(found, wanted), found),
  lt: (found, wanted) => ordered(exceed(wanted, found), found),
  ne: (found, wanted) => (meet(found, wanted) ? 'no' : found.isWhole ? 'yes' : 'missing'),
};

function ordered(holds: boolean, { isWhole, inOrder }: Values): Truth {
  return holds ? 'yes' : isWhole && !inOrder ? 'no' : 'missing';
}

function constant<T>(value: T): () => T {
  return () => value;
}

function holdsFor(fits: (found: Values, wanted: Values) => boolean) {
  return (found: Values, wanted: Values): Truth => (fits(found, wanted) ? 'yes' : found.isWhole ? 'no' : 'missing');
}

export function wantsExistence(right: Comparison['right']): boolean {
  return 'of' in right || right[0] !== false;
}

function existence(left: AttributePath, isWanted: boolean): ConditionTest {
  return (context) => {
    const owner = context[left.of];
    const field = owner && fieldAt(owner, left.names);
    if (!owner || field === 'missing') return 'missing';
    return (field !== undefined) === isWanted ? 'yes' : 'no';
  };
}

/** The right side is taken whole: one value in it that cannot be known makes all of it so. */
export function wholeValues(right: Comparison['right'], context: DecisionContext): readonly Scalar[] | 'missing' {
  if (!('of' in right)) return right;
  const { all, isWhole } = valuesAt(right, context, {});
  return isWhole ? all.filter(isScalar) : 'missing';
}

/** Nothing that is stored of a subject lies between two doubles: it came as JSON. */
function isScalar(value: Comparable): value is Scalar {
  return typeof value !== 'object';
}
