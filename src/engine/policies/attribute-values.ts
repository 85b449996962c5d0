import type { Attributes, ContextCache, DecisionContext, Ends, Values } from './decision-context.types.ts';
import { bsonTypeOf, bytes, isBytes, readStored } from '../resources/stored-value.ts';
import type { Comparable, Scalar } from '../resources/stored-value.ts';

/** A parsed path of an attribute. */
export interface AttributePath {
  readonly text: string;
  readonly of: 'subject' | 'resource';
  readonly names: readonly string[];
  /** The joined names: `a.b.c`. */
  readonly field: string;
  /** The paths above it: `a` and `a.b`. */
  readonly above: readonly string[];
}

/** The values at a path. The elements of a list are values of their own. */
export function valuesAt(path: AttributePath, context: DecisionContext, cache: ContextCache): Values {
  cache.fields ??= new Map();
  const known = cache.fields.get(path.text);
  if (known) return known;
  const owner = context[path.of];
  const field = owner && fieldAt(owner, path.names);
  const values = field && field !== 'missing' ? readValues(Array.isArray(field.value) ? field.value : [field.value]) : missing;
  cache.fields.set(path.text, values);
  return values;
}

/** The field at a path: undefined if it does not exist, `missing` if the path leads through a list. */
export function fieldAt(owner: Attributes, names: readonly string[]): { readonly value: unknown } | 'missing' | undefined {
  let value: unknown = owner;
  for (const name of names) {
    if (Array.isArray(value)) return 'missing';
    value = childOf(value, name);
    if (value === undefined) return undefined;
  }
  return { value };
}

/** A field of a document. An id, a date and bytes are values without fields, though their classes have some. */
function childOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Map) return (value as ReadonlyMap<unknown, unknown>).get(name); // instanceof makes it Map<any, any>
  if (!Object.hasOwn(value, name)) return undefined;
  if (value instanceof Date || ArrayBuffer.isView(value) || bsonTypeOf(value) !== undefined) return undefined;
  return (value as Record<string, unknown>)[name]; // typeof says that it is an object
}

/** Reads the elements of a list. */
export function readValues(list: readonly unknown[]): Values {
  const all: Comparable[] = [];
  let isWhole = true;
  for (const each of list) {
    const value = readStored(each);
    if (value === null) isWhole = false;
    else if (value !== bytes) all.push(value);
  }
  return list.some(isBytes) ? { all, isWhole, inOrder: readValues(list.filter((each) => !isBytes(each))).all } : { all, isWhole };
}

const missing: Values = { all: [], isWhole: false };

/** Whether both have a value in common. */
export function meet(one: Values, other: Values): boolean {
  const [few, many] = one.all.length <= other.all.length ? [one, other] : [other, one];
  if (many.all.length <= fewValues) return few.all.some((value) => many.all.includes(value));
  const set = many.set ??= new Set(many.all);
  return few.all.some((value) => set.has(value));
}

/** A search through this number of values is faster than creating a set. */
const fewValues = 4;

/** Whether some value of `one` is greater than a value of `other` of the same type. */
export function exceed(one: Values, other: Values): boolean {
  const [upperEnds, lowerEnds] = [one.ends ??= endsOf(one.inOrder ?? one.all), other.ends ??= endsOf(other.inOrder ?? other.all)];
  for (const [type, upper] of upperEnds) {
    const lower = lowerEnds.get(type);
    if (lower && isAbove(upper.greatest, lower.least, upper.isPlain && lower.isPlain)) return true;
  }
  return false;
}

/** The least (for `gt`) or greatest (for `lt`) value of each type: a value greater than any of them is greater than the least. */
export function nearestOf(operator: 'gt' | 'lt', values: readonly Scalar[]): readonly Scalar[] {
  if (values.length === 1) return values;
  return [...endsOf(values).values()].map(({ least, greatest }) => (operator === 'gt' ? least : greatest));
}

function endsOf(values: Iterable<Comparable>): ReadonlyMap<string, Ends> {
  const byType = new Map<string, Ends>();
  for (const value of values) {
    // A number between two doubles is greater than a double if the one above it is, and less if the one below it is.
    const [low, high] = typeof value === 'object' ? [value.below, value.above] : [value, value];
    const ends = byType.get(typeof low);
    const isPlain = typeof low !== 'string' || !beyondPlain.test(low);
    if (!ends) {
      byType.set(typeof low, { least: low, greatest: high, isPlain });
      continue;
    }
    ends.isPlain &&= isPlain;
    if (isAbove(high, ends.greatest, ends.isPlain)) ends.greatest = high;
    if (isAbove(ends.least, low, ends.isPlain)) ends.least = low;
  }
  return byType;
}

/** Characters that UTF-16 and UTF-8 may sort differently: halves of code points above U+FFFF, and U+E000 to U+FFFF. */
const beyondPlain = /[\uD800-\uFFFF]/;

function isAbove(one: Scalar, other: Scalar, arePlain: boolean): boolean {
  return !arePlain && typeof one === 'string' && typeof other === 'string' ? isTextAbove(one, other) : one > other;
}

/** Compares by code points, as UTF-8 and MongoDB do. JavaScript compares by UTF-16. Stops at the first difference. */
function isTextAbove(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const [unit, otherUnit] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (unit !== otherUnit) return rankOf(unit) > rankOf(otherUnit);
  }
  return one.length > other.length;
}

/** Half of a code point above U+FFFF comes after all other characters. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
