/** A set of small integers. It lives in one process only and is never stored. */
export type BitSet = Uint32Array;

/** Creates an empty set with room for the integers from 0 to size - 1. */
export function createBitSet(size: number): BitSet {
  return new Uint32Array(Math.ceil(size / 32));
}

export function addBit(set: BitSet, bit: number): void {
  set[bit >>> 5] = (set[bit >>> 5] ?? 0) | (1 << (bit & 31));
}

/** Whether the set has this integer. It has none that is too large for it. */
export function hasBit(set: BitSet, bit: number): boolean {
  return ((set[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
}

/** Whether `outer` has every integer of `inner`. */
export function containsAll(outer: BitSet, inner: BitSet): boolean {
  return inner.every((word, index) => (word & ~(outer[index] ?? 0)) === 0);
}
