/**
 * A number between two neighbouring doubles, equal to neither.
 *
 * MongoDB compares 64-bit integers and 128-bit decimals exactly, but a double would be rounded.
 */
export interface BetweenDoubles {
  readonly below: number;
  readonly above: number;
}

/** A whole number times a power of ten. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** The double that equals this integer, or else the two doubles around it. */
export function readInteger(integer: bigint): number | BetweenDoubles {
  return nearest({ digits: integer, exponent: 0 }, Number(integer));
}

/** The double that equals a decimal in the spelling of `Decimal128`, or else the two doubles around it; null for NaN. */
export function readDecimal(text: string): number | BetweenDoubles | null {
  const near = Number(text) + 0; // not -0
  const found = /^(-?\d+)(?:\.(\d+))?(?:E([+-]\d+))?$/i.exec(text);
  if (!found) return Number.isNaN(near) ? null : near;
  const [, whole = '', fraction = '', power = '0'] = found;
  return nearest({ digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length }, near);
}

/** The double near a number if they are equal, or else this double and its neighbour on the other side of the number. */
function nearest(decimal: Decimal, near: number): number | BetweenDoubles {
  const order = compare(decimal, near);
  if (order === 0) return near;
  return order === 1 ? { below: near, above: neighbour(near, 1) } : { below: neighbour(near, -1), above: near };
}

/** Returns -1, 0 or 1 if the decimal is less than, equal to or greater than the double. */
function compare({ digits, exponent }: Decimal, double: number): -1 | 0 | 1 {
  if (double === Infinity) return -1;
  if (double === -Infinity) return 1;
  const [mantissa, power] = partsOf(double);
  // Compares digits * 10^exponent with mantissa * 2^power. Both are scaled to integers.
  const left = digits * 10n ** BigInt(Math.max(exponent, 0)) * 2n ** BigInt(Math.max(-power, 0));
  const right = mantissa * 2n ** BigInt(Math.max(power, 0)) * 10n ** BigInt(Math.max(-exponent, 0));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A finite double as a whole number times a power of two. */
function partsOf(double: number): [mantissa: bigint, power: number] {
  let [value, power] = [double, 0];
  while (!Number.isInteger(value)) {
    value *= 2;
    power -= 1;
  }
  return [BigInt(value), power];
}

/** The next double in this direction. In IEEE 754 the bits of doubles of one sign, read as integers, have the same order. */
function neighbour(double: number, direction: 1 | -1): number {
  if (double === 0) return direction * Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, double);
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(Math.sign(double) * direction));
  return view.getFloat64(0);
}
