import { readDecimal, readInteger } from './exact-number.ts';
import type { BetweenDoubles } from './exact-number.ts';
import { isNamePart } from './resource-name.ts';

/** What an attribute may be compared with. */
export type Scalar = string | number | boolean;

/** A value of a resource or a subject as it is compared. */
export type Comparable = Scalar | BetweenDoubles;

/** The first and the last moment whose ISO 8601 text is in the order of time: the years 1 to 9999. In ms since 1970. */
export const timeRange = { first: -62_135_596_800_000, last: 253_402_300_799_999 };

/**
 * Reads a value as MongoDB stores it, of the driver, of Mongoose or of JSON.
 *
 * Numbers of every type are compared by their exact value, dates as their ISO 8601 text, ids and UUIDs as their text. Null: the value is missing.
 * Undefined: the value equals nothing and is in no order, such as an object, bytes or a time stamp.
 */
export function readStored(value: unknown): Comparable | null | undefined {
  switch (typeof value) {
    case 'undefined': return null;
    case 'string': case 'boolean': return value;
    case 'number': return Number.isNaN(value) ? undefined : value;
    case 'bigint': return readInteger(value);
    case 'object': return value === null ? null : readObject(value);
    default: return undefined;
  }
}

/** Whether the id of a stored document has a text by which a check can name it; the same as `nameless` of a query. */
export function hasName(id: unknown): boolean {
  if (typeof id === 'string') return isNamePart(id);
  if (typeof id !== 'object') return id !== undefined;
  if (id === null || String('_bsontype' in id ? id._bsontype : '') === 'Decimal128') return false;
  const read = readStored(id);
  return read !== null && read !== undefined || id instanceof Date;
}

function readObject(value: object): Comparable | null | undefined {
  if (value instanceof Date) return readTime(value.getTime());
  const text = String('_bsontype' in value ? value._bsontype : '');
  const read = bsonTypes[text];
  if (read) return read(value);
  return 'toHexString' in value && typeof value.toHexString === 'function' ? String(value.toHexString()) : undefined;
}

function readTime(time: number): string | null | undefined {
  if (Number.isNaN(time)) return null;
  return time < timeRange.first || time > timeRange.last ? undefined : new Date(time).toISOString();
}

/** The classes of BSON by the names that they have in every version of the driver. */
const bsonTypes: Readonly<Record<string, (value: object) => Comparable | undefined>> = {
  ObjectId: (value) => ('toHexString' in value && typeof value.toHexString === 'function' ? String(value.toHexString()) : undefined),
  Int32: (value) => finite(Number(value)),
  Double: (value) => finite(Number(value)),
  Long: (value) => readInteger(BigInt(String(value))),
  Decimal128: (value) => readDecimal(String(value)),
  BSONSymbol: String,
  Binary: (value) => ('sub_type' in value && value.sub_type === 4 ? uuidText(value) : undefined),
};

function finite(number: number): number | undefined {
  return Number.isNaN(number) ? undefined : number;
}

/** Of a UUID (RFC 9562) in small hex digits with hyphens; undefined for other bytes. */
function uuidText(value: object): string | undefined {
  if (!('buffer' in value) || !(value.buffer instanceof Uint8Array)) return undefined;
  const hex = Buffer.from(value.buffer).toString('hex');
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : undefined;
}
