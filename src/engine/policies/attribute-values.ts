import type { Attributes, DecisionContext, ContextCache } from './condition.ts';
import { bsonTypeOf, bytes, isBytes, readStored } from '../resources/stored-value.ts';
import type { Comparable, Scalar } from '../resources/stored-value.ts';

/** A path read. */
export interface AttributePath {
  readonly text: string;
  readonly of: 'subject' | 'resource';
  readonly names: readonly string[];
  /** The names joined, and those that lead there: `a.b.c`, and `a` and `a.b`. */
  readonly field: string;
  readonly above: readonly string[];
}

/** The values of one attribute, with what makes it quick to ask of many. */
export interface Values {
  readonly all: readonly Comparable[];
  /** Whether nothing among them is missing, or of a type that cannot be compared. */
  readonly isWhole: boolean;
  /** Those that are in an order with others, where there are some that are not. */
  readonly inOrder?: readonly Comparable[];
  /** All of them, once that was asked for. */
  set?: ReadonlySet<Comparable>;
  /** The least and the greatest of each type, once they were asked for. */
  ends?: ReadonlyMap<string, Ends>;
}

interface Ends {
  least: Scalar;
  greatest: Scalar;
  /** Whether all of them are in the same order for JavaScript as for MongoDB. */
  isPlain: boolean;
}

/** The values at a path; those of a list one by one. */
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

/** The field itself; undefined if there is none, missing if the path leads through a list. */
export function fieldAt(owner: Attributes, names: readonly string[]): { readonly value: unknown } | 'missing' | undefined {
  let value: unknown = owner;
  for (const name of names) {
    if (Array.isArray(value)) return 'missing';
    value = childOf(value, name);
    if (value === undefined) return undefined;
  }
  return { value };
}

/** A field of a document. An id, a date or bytes is a value of its own: it has no fields, though its class has. */
function childOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Map) return (value as ReadonlyMap<unknown, unknown>).get(name); // whatever it holds
  if (!Object.hasOwn(value, name) || value instanceof Date || ArrayBuffer.isView(value) || bsonTypeOf(value) !== undefined) return undefined;
  return (value as Record<string, unknown>)[name]; // an object, as was just seen
}

/** Reads what stands in a list. */
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

/** Whether some value stands in both. */
export function meet(one: Values, other: Values): boolean {
  const [few, many] = one.all.length <= other.all.length ? [one, other] : [other, one];
  if (many.all.length <= fewValues) return few.all.some((value) => many.all.includes(value));
  const set = many.set ??= new Set(many.all);
  return few.all.some((value) => set.has(value));
}

/** So many are looked through faster than a set is made. */
const fewValues = 4;

/** Whether some value is greater than one of the others of its type. */
export function exceed(one: Values, other: Values): boolean {
  const [upperEnds, lowerEnds] = [one.ends ??= endsOf(one.inOrder ?? one.all), other.ends ??= endsOf(other.inOrder ?? other.all)];
  for (const [type, upper] of upperEnds) {
    const lower = lowerEnds.get(type);
    if (lower && isAbove(upper.greatest, lower.least, upper.isPlain && lower.isPlain)) return true;
  }
  return false;
}

/** Of each type the least value, or the greatest: what is greater than one of them is greater than the least, and the other way round. */
export function nearestOf(operator: 'gt' | 'lt', values: readonly Scalar[]): Scalar[] {
  return [...endsOf(values).values()].map(({ least, greatest }) => (operator === 'gt' ? least : greatest));
}

function endsOf(values: Iterable<Comparable>): ReadonlyMap<string, Ends> {
  const byType = new Map<string, Ends>();
  for (const value of values) {
    // A number between two doubles is greater than one exactly if the double above it is, and less exactly if the one below it is.
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

/** What UTF-16 and UTF-8 may put in another order: halves of code points above U+FFFF, and what stands beside them. */
const beyondPlain = /[\uD800-\uFFFF]/;

function isAbove(one: Scalar, other: Scalar, arePlain: boolean): boolean {
  return !arePlain && typeof one === 'string' && typeof other === 'string' ? isTextAbove(one, other) : one > other;
}

/** By code points, the order of UTF-8 and MongoDB; JavaScript's own is that of UTF-16. Reads no further than the first difference. */
function isTextAbove(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const [unit, otherUnit] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (unit !== otherUnit) return rankOf(unit) > rankOf(otherUnit);
  }
  return one.length > other.length;
}

/** Half of a code point above U+FFFF ranks behind all that are not. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
