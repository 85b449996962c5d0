import { spellingsOf, unnameable } from './resource-name.ts';
import type { Filter } from '../scope.types.ts';
import { timeRange } from './stored-value.ts';
import type { Scalar } from './stored-value.ts';
import { objectIds, times, uuidOf } from './text-order.ts';
import type { BsonClasses, TextOrder } from './text-order.ts';

/** Creates filters for a value of a condition, or an id in a resource name, in every type in which MongoDB may store it. */
export interface StoredAs {
  /** Documents whose field, or an element of the list in it, equals one of the values as a condition compares them. */
  equal(field: string, values: readonly Scalar[]): Filter;
  /** Documents whose field, or an element of the list in it, is greater (or less) than one of the values. */
  beside(operator: 'gt' | 'lt', field: string, values: readonly Scalar[]): Filter;
  /** Documents whose field, or an element of the list in it, is missing or of a type that cannot be compared. */
  missing(field: string): Filter;
  /** Documents whose field, or an element of the list in it, is bytes, which have no order. */
  bytes(field: string): Filter;
  /** Documents whose `_id` is one of these in a resource name. */
  named(ids: readonly string[]): Filter;
  /** Documents whose `_id` cannot be part of a resource name, because of its type or text. Checks allow nothing on them. */
  nameless(): Filter;
}

/** The types whose values equal nothing and have no order. */
const incomparableTypes = ['object', 'regex', 'javascript', 'javascriptWithScope', 'timestamp', 'minKey', 'maxKey', 'dbPointer'];
/** The types whose values have exactly one text. A decimal has many, and an object none. */
const nameableTypes = ['string', 'int', 'long', 'double', 'bool', 'objectId', 'date', 'binData'];
const [firstTime, lastTime] = [new Date(timeRange.first), new Date(timeRange.last)];
const integers = { first: -(2n ** 63n), last: 2n ** 63n - 1n };

/**
 * Creates exact filters for every type that `readStored` reads. They do not need the schema of the collection.
 *
 * MongoDB compares numbers of all types by their value, as checks do. A text may be stored as an id, a UUID or a time.
 */
export function createStoredAs(classes: BsonClasses): StoredAs {
  const ids = objectIds(classes);
  const typed = (text: string): unknown[] => (
    [uuidOf(text, classes), times.valueOf(text), ids.valueOf(text)].filter((value) => value !== undefined));
  return {
    equal(field, values) {
      const texts = values.filter((value) => typeof value === 'string');
      return { [field]: { $in: [...values, ...texts.flatMap(typed)] } };
    },
    beside(operator, field, values) {
      const beside: Filter[] = [];
      for (const value of values) {
        beside.push(on(field, operator === 'gt' ? { $gt: value } : { $lt: value }));
        if (typeof value !== 'string') continue;
        const [id, time] = [limitOf(operator, value, ids), limitOf(operator, value, times)];
        if (id) beside.push(on(field, id));
        if (time) beside.push(inTimeRange(field, operator, time));
      }
      return { $or: beside };
    },
    missing: (field) => ({
      $or: [
        { [field]: { $in: [null, NaN] } }, { [field]: { $type: incomparableTypes } }, { [field]: { $elemMatch: { $type: 'array' } } },
        { [field]: { $lt: firstTime } }, { [field]: { $gt: lastTime } },
      ],
    }),
    bytes: (field) => ({ [field]: { $type: 'binData' } }),
    named(names) {
      const texts = names.map(spellingsOf);
      const patterns = texts.filter((text) => typeof text === 'object');
      const truths = (id: string): boolean[] => (id === 'true' || id === 'false' ? [id === 'true'] : []);
      const equal = { _id: { $in: names.flatMap((id) => [id, ...typed(id), ...numbersOf(id), ...truths(id)]) } };
      return patterns.length === 0 ? equal : { $or: [equal, ...patterns.map((pattern) => ({ _id: pattern }))] };
    },
    nameless() {
      const isUuid = { _id: { $gte: new classes.UUID('0'.repeat(32)), $lte: new classes.UUID('f'.repeat(32)) } };
      const otherBytes = { $and: [{ _id: { $type: 'binData' } }, { $nor: [isUuid] }] };
      return { $or: [{ $nor: [{ _id: { $type: nameableTypes } }] }, { _id: unnameable() }, otherBytes] };
    },
  };
}

/** The numbers with this text. */
function numbersOf(text: string): (number | bigint)[] {
  if (String(Number(text)) === text) return [Number(text)];
  if (!/^-?[1-9]\d{15,18}$/.test(text)) return [];
  const integer = BigInt(text);
  return integer >= integers.first && integer <= integers.last ? [integer] : [];
}

/** A filter that matches exactly those values of a type whose text is greater, or less, than this one. */
function limitOf(operator: 'gt' | 'lt', text: string, order: TextOrder): Filter | undefined {
  const ceiling = order.ceiling(text);
  if (operator === 'lt') return ceiling === undefined ? order.everything : { $lt: ceiling };
  if (ceiling === undefined) return undefined;
  return order.valueOf(text) === undefined ? { $gte: ceiling } : { $gt: ceiling };
}

/** Times outside the range have no text. `$elemMatch` makes one element of a list meet both limits, not two elements one each. */
function inTimeRange(field: string, operator: 'gt' | 'lt', limit: Filter): Filter {
  // A policy may need a thousand of these, and spreading takes three times as long.
  const range: Filter = Object.assign(operator === 'gt' ? { $lte: lastTime } : { $gte: firstTime }, limit);
  return { $or: [on(field, { $elemMatch: range }), { $and: [{ $nor: [on(field, { $type: 'array' })] }, on(field, range)] }] };
}

/** A condition on one field. A policy may need thousands, and V8 adds a key to an empty object faster than it computes one in a literal. */
function on(field: string, condition: Filter): Filter {
  const filter: Record<string, unknown> = {};
  filter[field] = condition;
  return filter;
}
