import { readDecimal, readInteger } from './exact-number.ts';
import type { BetweenDoubles } from './exact-number.ts';
import { isNamePart } from './resource-name.ts';

/** What an attribute may be compared with. */
export type Scalar = string | number | boolean;

/** A value of a resource or a subject, converted for comparison. */
export type Comparable = Scalar | BetweenDoubles;

/** Bytes: they equal no text and no number, and have no order. */
export const bytes = Symbol('bytes');

/** The first and last time whose ISO 8601 texts sort like the times: the years 1 to 9999. In ms since 1970. */
export const timeRange = { first: -62_135_596_800_000, last: 253_402_300_799_999 };

/**
 * Converts a value of MongoDB for comparison. The value may come from the driver, Mongoose or JSON.
 *
 * Numbers of every type are compared by their exact value, dates by their ISO 8601 text, ids and UUIDs by their text. Null: the
 * value is missing, or of a type that cannot be compared, such as an object, a list in a list, NaN or a timestamp. An allow must
 * then not apply, and a deny must.
 */
export function readStored(value: unknown): Comparable | typeof bytes | null {
  switch (typeof value) {
    case 'undefined': return null;
    case 'string': case 'boolean': return value;
    case 'number': return number(value);
    case 'bigint': return readInteger(value);
    case 'object': return value === null ? null : readObject(value);
    default: return null;
  }
}

/** Whether the id of a stored document can be part of a resource name. `nameless` finds the others in a query. */
export function hasName(id: unknown): boolean {
  if (typeof id === 'string') return isNamePart(id);
  if (typeof id !== 'object') return id !== undefined;
  if (id === null || bsonTypeOf(id) === 'Decimal128') return false;
  const read = readStored(id);
  return id instanceof Date || (read !== null && read !== bytes);
}

function readObject(value: object): Comparable | typeof bytes | null {
  if (value instanceof Date) return readTime(value.getTime());
  const read = bsonTypes.get(bsonTypeOf(value) ?? '');
  if (read) return read(value);
  if (ArrayBuffer.isView(value)) return bytes;
  return hexText(value);
}

function readTime(time: number): string | null {
  return time >= timeRange.first && time <= timeRange.last ? new Date(time).toISOString() : null;
}

/**
 * The name of a BSON class, the same in every version of the driver; undefined for other objects.
 *
 * BSON classes inherit the field from their prototype. An object from JSON may have an own field with this name; it is not BSON.
 */
export function bsonTypeOf(value: object): string | undefined {
  return '_bsontype' in value && !Object.hasOwn(value, '_bsontype') ? String(value._bsontype) : undefined;
}

const bsonTypes = new Map<string, (value: object) => Comparable | typeof bytes | null>([
  ['ObjectId', hexText],
  ['Int32', (value) => number(Number(value))],
  ['Double', (value) => number(Number(value))],
  ['Long', (value) => readInteger(BigInt(textOf(value)))],
  ['Decimal128', (value) => readDecimal(textOf(value))],
  ['BSONSymbol', textOf],
  ['Binary', (value) => ('sub_type' in value && value.sub_type === 4 ? uuidText(value) : bytes)],
]);

/** Ids of other driver versions have `toHexString` as well. */
function hexText(value: object): string | null {
  if (!('toHexString' in value) || typeof value.toHexString !== 'function') return null;
  return (value as { toHexString(): string }).toHexString(); // checked above
}

/** The text of a value of a BSON class, which has its own `toString`. */
function textOf(value: { toString(): string }): string {
  return value.toString();
}

function number(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The text of a UUID (RFC 9562): lower-case hex digits with hyphens. */
function uuidText(value: object): string | typeof bytes {
  if (!('buffer' in value) || !(value.buffer instanceof Uint8Array)) return bytes;
  const hex = Buffer.from(value.buffer).toString('hex');
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : bytes;
}

/** UUIDs are bytes as well and have no order, since no query could tell them from other bytes. */
export function isBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ArrayBuffer.isView(value) || bsonTypeOf(value) === 'Binary';
}
