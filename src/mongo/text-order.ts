import mongoose from 'mongoose';

/** Values that are in the order of their text, numbered. */
export interface TextOrder {
  readonly first: bigint;
  readonly last: bigint;
  textOf(number: bigint): string;
  valueOf(text: string): unknown;
}

/** Times as ISO 8601 text, of the years 1 to 9999: beyond, neither text nor every driver puts them in order. */
export const times: TextOrder = { first: -62_135_596_800_000n, last: 253_402_300_799_999n, textOf: (number) => new Date(Number(number)).toISOString(), valueOf: (text) => new Date(text) };
/** Ids of MongoDB as 24 small hex digits. */
export const ids: TextOrder = { first: 0n, last: 2n ** 96n - 1n, textOf: (number) => number.toString(16).padStart(24, '0'), valueOf: (text) => new mongoose.Types.ObjectId(text) };

/**
 * The value to compare with by `operator`, so that exactly those stay whose text is greater, or less, than this one.
 *
 * Of all values there are, the very first and the very last may be missed.
 */
export function limitAt(operator: '$gt' | '$lt', text: string, { first, last, textOf, valueOf }: TextOrder): unknown {
  const isLate = (number: bigint) => (operator === '$lt' ? textOf(number) >= text : textOf(number) > text);
  let [from, to] = [first, last];
  while (from < to) {
    const middle = from + (to - from) / 2n;
    if (isLate(middle)) to = middle;
    else from = middle + 1n;
  }
  return valueOf(textOf(operator === '$lt' || from === first ? from : from - 1n));
}
