import { exceed, fieldAt, meet, readValues, valuesAt } from './attribute-values.ts';
import type { AttributePath } from './attribute-values.ts';
import type { ConditionTest, ContextCache, DecisionContext, Truth, Values } from './decision-context.types.ts';
import type { Comparable, Scalar } from '../resources/stored-value.ts';

export const attributeOperators = ['eq', 'ne', 'in', 'gt', 'lt', 'exists'] as const;
export type AttributeOperator = (typeof attributeOperators)[number];

/** Compares an attribute of the subject or the resource with a value, or with an attribute of the other one. */
export interface AttributeCondition {
  readonly type: 'attribute';
  /** `subject.NAME` or `resource.NAME`, with dots before further names: `resource.owner.id`. */
  readonly left: string;
  readonly operator: AttributeOperator;
  /** A path like `left`, or a value; for `in` a list of values. `exists` takes `{ value: true }` or `{ value: false }`. */
  readonly right?: string | { readonly value: Scalar | readonly Scalar[] };
}

/** Parses a path; undefined if the text is not one. */
export function parsePath(text: string): AttributePath | undefined {
  const [of, ...names] = text.split('.');
  if ((of !== 'subject' && of !== 'resource') || names.length < 1 || names.length > 8) return undefined;
  if (!names.every((name) => /^[A-Za-z_][\w-]{0,63}$/.test(name))) return undefined;
  return { text, of, names, field: names.join('.'), above: names.slice(1).map((_name, index) => names.slice(0, index + 1).join('.')) };
}

/** A parsed comparison. If one side is of the resource, it is the left one. */
export interface Comparison {
  readonly left: AttributePath;
  readonly operator: AttributeOperator;
  readonly right: AttributePath | readonly Scalar[];
}

const mirrored = { eq: 'eq', ne: 'ne', in: 'in', gt: 'lt', lt: 'gt', exists: 'exists' } as const;

/**
 * Parses a comparison; undefined if it cannot be evaluated.
 *
 * It cannot be evaluated if a side is neither a path nor a value, or if only a newer node knows the operator. Two fields of the
 * resource cannot be compared either, because no query could use an index for that.
 */
export function readComparison({ left, operator, right }: AttributeCondition): Comparison | undefined {
  const from = parsePath(left);
  if (!from || !attributeOperators.includes(operator)) return undefined;
  if (operator === 'exists') return { left: from, operator, right: [typeof right !== 'object' || right.value !== false] };
  if (typeof right === 'object') {
    const { value } = right;
    // Array.isArray does not narrow readonly lists.
    return { left: from, operator, right: Array.isArray(value) ? value as readonly Scalar[] : [value as Scalar] };
  }
  const to = right === undefined ? undefined : parsePath(right);
  if (!to || (from.of === 'resource' && to.of === 'resource')) return undefined;
  return to.of === 'resource' ? { left: to, operator: mirrored[operator], right: from } : { left: from, operator, right: to };
}

/**
 * Compiles a comparison.
 *
 * It holds for a list if it holds for one element, as in a MongoDB query, so that the same condition can be a filter. `ne` is
 * the opposite of `eq`. null, an absent field, a list in the middle of a path and a value of a type that cannot be compared are
 * missing.
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

/** Compares the values found with the values wanted. All wanted values are known. */
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

/** The values of the right side; `missing` if one of them is. */
export function wholeValues(right: Comparison['right'], context: DecisionContext): readonly Scalar[] | 'missing' {
  if (!('of' in right)) return right;
  const { all, isWhole } = valuesAt(right, context, {});
  return isWhole ? all.filter(isScalar) : 'missing';
}

/** Numbers of a subject came as JSON, so none of them lies between two doubles. */
function isScalar(value: Comparable): value is Scalar {
  return typeof value !== 'object';
}
