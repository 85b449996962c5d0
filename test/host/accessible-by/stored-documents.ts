import fc from 'fast-check';
import mongoose, { Schema } from 'mongoose';
import type { Model } from 'mongoose';
import type { AttributeCondition } from '../../../src/engine/policies/condition.attribute.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { accessibleBy } from '../../../src/host/accessible-by/accessible-by.ts';
import type { AccessibleAggregate, AccessibleBy } from '../../../src/host/accessible-by/accessible-by.ts';

// Documents with values of every type of BSON, in fields of every type of Mongoose, and policies about them.

const { Decimal128, Double, Int32, Long, ObjectId, UUID, Binary, Timestamp, BSONSymbol, MinKey } = mongoose.mongo;
const hex = ['000000000000000000000001', '0123456789abcdef01234567', 'ffffffffffffffffffffffff'];
const uuids = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222', 'a1111111-1111-4111-8111-111111111111'];
const times = ['2026-01-01T00:00:00.000Z', '2026-06-01T12:00:00.000Z', '2027-01-01T00:00:00.000Z'];
const [accent, accents] = ['\u00e9', 'e\u0301']; // one letter, in both spellings

/**
 * Values as the driver stores them, by the type that BSON has for them.
 *
 * Two pairs are left out, which SecantusDB compares in another way than MongoDB does: a decimal or an integer beyond 2^53, and
 * the double nearest to it.
 */
export const valuesByType: Readonly<Record<string, readonly unknown[]>> = {
  text: ['a', 'b', 'B', '5', ' a ', '', 'true', accent, accents, '\u{1F600}', ...hex.slice(1, 2), uuids[0], times[1]],
  int: [new Int32(5), new Int32(4), new Int32(-1), new Int32(0)],
  double: [new Double(5), new Double(5.5), new Double(-0), new Double(0.1), new Double(2 ** 53), new Double(2 ** 60), new Double(1e30)],
  long: [
    Long.fromNumber(5), Long.fromString('9007199254740993'), Long.fromString('1152921504606846977'), Long.fromString('-9007199254740993'),
  ],
  decimal: ['5', '5.00', '5.5', '0.3', '1E+40', '9007199254740993', '-0', 'NaN', 'Infinity'].map((text) => Decimal128.fromString(text)),
  notANumber: [new Double(NaN)],
  boolean: [true, false],
  date: times.map((time) => new Date(time)),
  objectId: hex.map((text) => new ObjectId(text)),
  uuid: uuids.map((text) => new UUID(text)),
  bytes: [new Binary(Buffer.from('a')), new Binary(Buffer.alloc(16, 0x11)), new Binary(Buffer.alloc(20, 0x33))],
  other: [new Timestamp({ t: 5, i: 1 }), new BSONSymbol('a'), new MinKey(), { a: 1 }, /a/],
  null: [null],
  list: [[], [new Int32(5), 'a'], [null, new ObjectId(hex[1])], [
    Long.fromNumber(4), Decimal128.fromString('5.5'),
  ], [new Date(times[0] ?? ''), new UUID(uuids[1])], [[new Int32(5)]],
    [new Binary(Buffer.alloc(20, 0xff)), new UUID(uuids[0])]],
  map: [{ x: new Int32(5) }, { x: new ObjectId(hex[0]), y: 'a' }, { x: { y: new UUID(uuids[2]) } }, [{ x: new Int32(5) }]],
};

/** How the ids of a collection are declared, those that matter, and others to fill it. */
interface Ids {
  readonly type: unknown;
  readonly ids: readonly unknown[];
  readonly more: (number: number) => unknown;
}

export const idsByType: Readonly<Record<string, Ids>> = {
  number: { type: Number, ids: [
    new Int32(5), new Int32(6), new Double(5.5), new Double(-7), new Double(2 ** 53),
  ], more: (number) => new Double(number + 0.5) },
  int32: { type: Schema.Types.Int32, ids: [new Int32(5), new Int32(6), new Int32(-1)], more: (number) => new Int32(number) },
  bigint: {
    type: BigInt, more: (number) => Long.fromString('9007199254740992').add(2 * number + 3),
    ids: ['5', '9007199254740993', '-9007199254740993', '9223372036854775807'].map((text) => Long.fromString(text)),
  },
  uuid: { type: Schema.Types.UUID, ids: uuids.map((text) => new UUID(text)), more: () => new UUID() },
  objectId: { type: Schema.Types.ObjectId, ids: hex.map((text) => new ObjectId(text)), more: () => new ObjectId() },
  text: {
    type: String, more: (number) => `${['a/', ' b', '*', 'c '][number % 4] ?? ''}${number}`,
    ids: [
      'a', 'b', '5', 'a/b', 'a b', '*', '', '.', '..', 'x.y', accent, accents, `${accents}${accent}`, '\u212a', 'K', hex[1], uuids[0],
      'true', '\u200b',
    ],
  },
  any: {
    type: Schema.Types.Mixed, more: (number) => (number % 2 === 0 ? Decimal128.fromString(`${number}.0`) : { a: number }),
    ids: [
      '5', new Int32(6), true, new Date(times[0] ?? ''), null, new UUID(uuids[0]), new Binary(Buffer.alloc(20, 0xff)), new ObjectId(hex[0]),
    ],
  },
};

/** So many ids of one type, all different. */
export function idsOf({ ids, more }: Ids, count: number): unknown[] {
  return [...ids, ...Array.from({ length: Math.max(0, count - ids.length) }, (_item, index) => more(index + 10))];
}

export interface StoredDocument { readonly _id: unknown }
export type StoredModel = Model<StoredDocument, AccessibleBy> & AccessibleAggregate;

/** What fields are declared as; any value may stand in each of them, as after a change of the schema. */
const fields: Readonly<Record<string, unknown>> = {
  text: String, low: { type: String, lowercase: true, trim: true }, set: { type: String, set: (value: unknown) => `set ${String(value)}` },
  number: Number, rounded: { type: Number, set: Math.round }, big: BigInt, decimal: Schema.Types.Decimal128, truth: Boolean,
  time: Date, owner: Schema.Types.ObjectId, uuid: Schema.Types.UUID,
  mixed: Schema.Types.Mixed, map: { type: Map, of: Schema.Types.Mixed }, inside: { x: Schema.Types.Mixed },
};
/** The schema knows nothing of it. */
const undeclared = 'loose';
export const fieldNames = [...Object.keys(fields), undeclared];
/** Large integers twice: only some values of their type are beyond 2^53. */
const typeNames = [...Object.keys(valuesByType), 'long'];

export function modelOf(connection: mongoose.Connection, name: string, idType: unknown): StoredModel {
  const schema = new Schema<StoredDocument, StoredModel, object, AccessibleBy>({ ...fields, _id: idType }, {
    collection: name, id: false, versionKey: false,
  });
  schema.plugin(accessibleBy, { resource: 'things' });
  return connection.model<StoredDocument, StoredModel>(name, schema);
}

/** The text by which an application would name a document. */
export function nameOf(id: unknown): string {
  return `things/${id instanceof Date ? id.toISOString() : String(id)}`;
}

/** One field of one type in each document, and some others. */
export const documentFields = fc.array(
  fc.tuple(fc.constantFrom(...fieldNames), fc.constantFrom(...typeNames)), { minLength: 6, maxLength: 14 },
)
  .chain((chosen) => fc.tuple(
    ...chosen.map(([field, type]) => fc.constantFrom(...(valuesByType[type] ?? [])).map((value) => [field, value] as const)),
  ))
  .map((entries) => Object.fromEntries(entries));

const constants = fc.constantFrom<string | number | boolean>(
  5, 4, 5.5, 0.1, 0, -1, 2 ** 53, 2 ** 53 + 2, 2 ** 61, 1e30, 1e29, true, false, '5', 'a', 'b', 'B', ' a ', '', 'A', 'set a', accent,
  accents, '\u{1F600}', '\uFF5E', ...hex, '0123', ...uuids, '2222', 'a1111111-', ...times, '2026', '2026-06-01', 'z',
);
const path = fc.constantFrom(...fieldNames, ...fieldNames, 'map.x', 'mixed.x', 'loose.x', 'loose.x.y', 'inside.x', 'id').map(
  (name) => `resource.${name}`,
);
const attribute = fc.constant('attribute' as const);
const condition: fc.Arbitrary<AttributeCondition> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: attribute, left: path, operator: fc.constantFrom(
    'eq' as const, 'ne' as const, 'gt' as const, 'lt' as const,
  ), right: fc.record({ value: constants }) }) },
  { weight: 1, arbitrary: fc.record({
    type: attribute, left: path, operator: fc.constant('in' as const), right: fc.record({ value: fc.array(constants, { maxLength: 4 }) }),
  }) },
  { weight: 1, arbitrary: fc.record(
    { type: attribute, left: path, operator: fc.constant('exists' as const), right: fc.record({ value: fc.boolean() }) },
  ) },
  { weight: 1, arbitrary: fc.record({ type: attribute, left: path, operator: fc.constantFrom(
    'eq' as const, 'ne' as const, 'in' as const, 'gt' as const, 'lt' as const,
  ), right: fc.constantFrom('subject.ids', 'subject.words', 'subject.none') }) },
);

/** Policies about documents of a collection: mostly all of them, sometimes one by its id. */
export function policiesAbout(ids: readonly unknown[]): fc.Arbitrary<Policy[]> {
  const byName = ids.map(nameOf).filter((name) => !/[*\s\p{C}]|\/.*\/|\/$|\/\.{1,2}$/u.test(name));
  return fc.array(fc.record({
    effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const), actions: fc.constant(['read']),
    resources: fc.oneof({ weight: 4, arbitrary: fc.constant(['things']) }, {
      weight: 2, arbitrary: fc.subarray(byName, { minLength: 1, maxLength: 2 }),
    }, { weight: 1, arbitrary: fc.constantFrom(['*'], ['things/none']) }),
    conditions: fc.array(condition, { maxLength: 2 }),
  }), { minLength: 1, maxLength: 4 });
}

export const subject = { ids: hex.slice(0, 2), words: ['a', '5', uuids[0]] };
