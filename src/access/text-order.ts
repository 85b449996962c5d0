import { timeRange } from './stored-value.ts';

/** The classes of a MongoDB driver, such as `mongoose.mongo`, that make ids out of their text. */
export interface BsonClasses {
  readonly ObjectId: new (hex: string) => object;
  readonly UUID: new (hex: string) => object;
}

/** Values of one type that are in the order of their text, numbered from 0. */
export interface TextOrder {
  readonly count: bigint;
  readonly firstText: string;
  readonly lastText: string;
  readonly pattern: RegExp;
  /** How many texts are less than this one; this one included if it is one of them and `isIncluded`. */
  countBelow(text: string, isIncluded: boolean): bigint;
  valueAt(number: bigint): unknown;
  /** The first and the last value, once they were needed. */
  ends?: { readonly first: unknown; readonly last: unknown };
}

const digits = '0123456789abcdef';

/** Ids and UUIDs as small hex digits, with hyphens where the shape has them. */
function hexOrder(shape: string, valueOf: (text: string) => unknown): TextOrder {
  const size = shape.replaceAll('-', '').length;
  const powers = Array.from({ length: size + 1 }, (_item, power) => 16n ** BigInt(power));
  const powerOf = (length: number): bigint => powers[length] ?? 0n;
  return {
    count: 16n ** BigInt(size),
    firstText: shape.replaceAll('x', '0'),
    lastText: shape.replaceAll('x', 'f'),
    pattern: new RegExp(`^${shape.replaceAll('x', '[0-9a-f]')}$`),
    valueAt(number) {
      const hex = number.toString(16).padStart(size, '0');
      let at = 0;
      return valueOf(shape.replace(/x/g, () => hex.charAt((at += 1) - 1)));
    },
    countBelow(text, isIncluded) {
      let known = '';
      const from = (next: bigint): bigint => (BigInt(`0x0${known}`) + next) * powerOf(size - known.length);
      for (let index = 0; index < shape.length; index += 1) {
        const [expected, found] = [shape.charAt(index), text.charAt(index)];
        if (expected === 'x' && found !== '' && digits.includes(found)) known += found;
        else if (expected === 'x') return from(0n) + BigInt(countLess(found)) * powerOf(size - known.length - 1);
        else if (found !== expected) return from(found > expected ? 1n : 0n);
      }
      return from(isIncluded || text.length > shape.length ? 1n : 0n);
    },
  };
}

/** How many hex digits are less than a character, or than the end of a text. */
function countLess(character: string): number {
  let less = 0;
  while (less < digits.length && digits.charAt(less) < character) less += 1;
  return less;
}

/** Times as ISO 8601 text. */
const times: TextOrder = {
  count: BigInt(timeRange.last - timeRange.first + 1),
  firstText: new Date(timeRange.first).toISOString(),
  lastText: new Date(timeRange.last).toISOString(),
  pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  valueAt: (number) => new Date(Number(number) + timeRange.first),
  countBelow(text, isIncluded) {
    const isAfter = (iso: string): boolean => (isIncluded ? iso > text : iso >= text);
    let [from, to] = [timeRange.first, timeRange.last + 1];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if (isAfter(new Date(middle).toISOString())) to = middle;
      else from = middle + 1;
    }
    return BigInt(from - timeRange.first);
  },
};

/** The types whose values are compared as text, text itself aside. */
export function textOrders(classes: BsonClasses): Readonly<Record<'times' | 'objectIds' | 'uuids', TextOrder>> {
  return {
    times,
    objectIds: hexOrder('xxxxxxxxxxxxxxxxxxxxxxxx', (text) => new classes.ObjectId(text)),
    uuids: hexOrder('xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', (text) => new classes.UUID(text)),
  };
}

/** The value of this text; undefined for a text of no value. */
export function valueOfText(text: string, order: TextOrder): unknown {
  if (text.length !== order.lastText.length || !order.pattern.test(text)) return undefined;
  const number = order.countBelow(text, false);
  return order.countBelow(text, true) > number ? order.valueAt(number) : undefined;
}

/** The first and the last value whose text is greater, or less, than this one; undefined where there are none. */
export function rangeBeside(operator: 'gt' | 'lt', text: string, order: TextOrder): readonly [from: unknown, to: unknown] | undefined {
  const ends = endsOf(order);
  if (operator === 'gt') {
    if (text >= order.lastText) return undefined;
    return text < order.firstText ? [ends.first, ends.last] : [order.valueAt(order.countBelow(text, true)), ends.last];
  }
  if (text <= order.firstText) return undefined;
  return text > order.lastText ? [ends.first, ends.last] : [ends.first, order.valueAt(order.countBelow(text, false) - 1n)];
}

/** A thousand conditions share these. */
function endsOf(order: TextOrder): NonNullable<TextOrder['ends']> {
  return (order.ends ??= { first: order.valueAt(0n), last: order.valueAt(order.count - 1n) });
}
