import type { Attributes, ConditionTest, Facts, Truth } from './condition.ts';

export const attributeOperators = ['eq', 'ne', 'in', 'gt', 'lt', 'exists'] as const;
export type AttributeOperator = (typeof attributeOperators)[number];

/** What an attribute may be compared with. */
export type Scalar = string | number | boolean;

/** A comparison of an attribute of the subject or the resource with a value, or with an attribute of the other of them. */
export interface AttributeCondition {
  readonly type: 'attribute';
  /** `subject.NAME` or `resource.NAME`; names below it after further dots. */
  readonly left: string;
  readonly operator: AttributeOperator;
  /** A path like the left one, or a value, of `in` a list of values. `exists` takes `{ value: true }` or `{ value: false }`. */
  readonly right?: string | { readonly value: Scalar | readonly Scalar[] };
}

/** A path read. */
export interface AttributePath {
  readonly of: 'subject' | 'resource';
  readonly names: readonly string[];
}

/** Undefined for what is no path. */
export function parsePath(text: string): AttributePath | undefined {
  const [of, ...names] = text.split('.');
  if ((of !== 'subject' && of !== 'resource') || names.length < 1 || names.length > 8) return undefined;
  return names.every((name) => /^[A-Za-z_][\w-]{0,63}$/.test(name)) ? { of, names } : undefined;
}

/** A comparison read, with the resource on the left if it is part of it. */
export interface Comparison {
  readonly left: AttributePath;
  readonly operator: AttributeOperator;
  readonly right: AttributePath | readonly Scalar[];
}

const mirrored = { eq: 'eq', ne: 'ne', in: 'in', gt: 'lt', lt: 'gt', exists: 'exists' } as const;

/** Undefined for what cannot be compared: no path, no value, or two fields of one resource, for which no index could serve. */
export function readComparison({ left, operator, right }: AttributeCondition): Comparison | undefined {
  const from = parsePath(left);
  if (!from) return undefined;
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
 * what `eq` is not. null, an absent field and a list in the middle of a path are missing.
 */
export function compileAttribute(condition: AttributeCondition): ConditionTest {
  const comparison = readComparison(condition);
  if (!comparison) return () => 'missing';
  const { left, operator, right } = comparison;
  if (operator === 'exists') return existence(left, wantsExistence(right));
  return (facts) => {
    const wanted = wholeValues(right, facts);
    if (wanted === 'missing') return 'missing';
    const found = valuesAt(facts[left.of], left.names);
    return operator === 'ne' ? negated(compare('eq', found, wanted)) : compare(operator, found, wanted);
  };
}

export function wantsExistence(right: Comparison['right']): boolean {
  return 'of' in right || right[0] !== false;
}

function existence(left: AttributePath, isWanted: boolean): ConditionTest {
  return (facts) => {
    const owner = facts[left.of];
    const field = owner && fieldAt(owner, left.names);
    if (!owner || field === 'missing') return 'missing';
    return (field !== undefined) === isWanted ? 'yes' : 'no';
  };
}

/** The right side is taken whole: one value in it that cannot be known makes all of it so. */
export function wholeValues(right: Comparison['right'], facts: Facts): readonly Scalar[] | 'missing' {
  if (!('of' in right)) return right;
  const { values, isWhole } = valuesAt(facts[right.of], right.names);
  return isWhole ? values : 'missing';
}

interface Found {
  readonly values: readonly Scalar[];
  /** Whether nothing is missing among them. */
  readonly isWhole: boolean;
}

/** The values at a path; those of a list one by one. */
function valuesAt(owner: Attributes | undefined, names: readonly string[]): Found {
  const field = owner && fieldAt(owner, names);
  if (!field || field === 'missing') return { values: [], isWhole: false };
  const all = (Array.isArray(field.value) ? field.value as unknown[] : [field.value]).map(scalarOf);
  return { values: all.filter((value) => value !== undefined && value !== null), isWhole: !all.includes(null) };
}

/** The field itself; undefined if there is none, missing if the path leads through a list. */
function fieldAt(owner: Attributes, names: readonly string[]): { readonly value: unknown } | 'missing' | undefined {
  let value: unknown = owner;
  for (const name of names) {
    if (Array.isArray(value)) return 'missing';
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name]; // an object, as was just seen
    if (value === undefined) return undefined;
  }
  return { value };
}

/** Null: missing; undefined: something that equals no value. Dates are compared as ISO 8601 text, ids of MongoDB as theirs. */
export function scalarOf(value: unknown): Scalar | null | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return typeof value === 'object' && isObjectId(value) ? value.toHexString() : undefined;
}

function isObjectId(value: object): value is { toHexString(): string } {
  return 'toHexString' in value && typeof value.toHexString === 'function';
}

function compare(operator: 'eq' | 'in' | 'gt' | 'lt', { values, isWhole }: Found, wanted: readonly Scalar[]): Truth {
  if (values.some((value) => wanted.some((other) => fits(operator, value, other)))) return 'yes';
  return isWhole ? 'no' : 'missing';
}

function fits(operator: 'eq' | 'in' | 'gt' | 'lt', value: Scalar, other: Scalar): boolean {
  if (typeof value !== typeof other) return false;
  if (operator === 'eq' || operator === 'in') return value === other;
  const order = typeof value === 'string' ? Buffer.compare(Buffer.from(value), Buffer.from(String(other))) : Number(value) - Number(other);
  return operator === 'gt' ? order > 0 : order < 0;
}

function negated(holding: Truth): Truth {
  return holding === 'missing' ? 'missing' : holding === 'yes' ? 'no' : 'yes';
}
