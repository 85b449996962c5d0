import { timeRange } from './stored-value.ts';
import { timeCeiling } from './time-ceiling.ts';

/** The classes of a MongoDB driver, such as `mongoose.mongo`, that create ids from text. */
export interface BsonClasses {
  readonly ObjectId: new (hex: string) => object;
  readonly UUID: new (hex: string) => object;
}

/** A type whose values are compared as text and sorted like their text. */
export interface TextOrder {
  /** The value with this text, or undefined. */
  valueOf(text: string): unknown;
  /** The first value whose text is equal or greater, or undefined. */
  ceiling(text: string): unknown;
  /** A MongoDB condition that every value of the type meets. */
  readonly everything: Readonly<Record<string, unknown>>;
}

const lastTime = new Date(timeRange.last).toISOString();

/** Times as ISO 8601 text. */
export const times: TextOrder = {
  everything: { $lte: new Date(timeRange.last) },
  valueOf(text) {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return undefined;
    const time = new Date(text);
    return time.getTime() >= timeRange.first && time.toISOString() === text ? time : undefined;
  },
  ceiling: (text) => (text > lastTime ? undefined : timeCeiling(text)),
};

/** ObjectIds as 24 lower-case hex digits. */
export function objectIds(classes: BsonClasses): TextOrder {
  return {
    everything: { $type: 'objectId' },
    valueOf: (text) => (/^[0-9a-f]{24}$/.test(text) ? new classes.ObjectId(text) : undefined),
    ceiling(text) {
      const hex = ceilingOfHex(text);
      return hex === undefined ? undefined : new classes.ObjectId(hex);
    },
  };
}

/** The UUID (RFC 9562) with this text, in lower-case hex digits with hyphens, or undefined. */
export function uuidOf(text: string, classes: BsonClasses): unknown {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? new classes.UUID(text) : undefined;
}

const length = 24;
const digits = Array.from('0123456789abcdef');

/** The first text of 24 hex digits that is equal or greater. */
function ceilingOfHex(text: string): string | undefined {
  const [start = ''] = /^[0-9a-f]{0,24}/.exec(text) ?? [];
  if (text.length === start.length) return start.padEnd(length, '0');
  // The next character is no hex digit, or one too many. If no digit is greater, the start itself must become greater.
  const next = start.length === length ? undefined : digits.find((digit) => digit > text.charAt(start.length));
  return (next === undefined ? successor(start) : start + next)?.padEnd(length, '0');
}

/** The next hex number with the same number of digits; undefined after the last. */
function successor(hex: string): string | undefined {
  const next = (BigInt(`0x0${hex}`) + 1n).toString(16).padStart(hex.length, '0');
  return next.length > hex.length ? undefined : next;
}
