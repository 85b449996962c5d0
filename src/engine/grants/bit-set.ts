/** A set of small integers; lives in one process only and is never stored. */
export type BitSet = Uint32Array;

/** An empty set that has room for the integers from 0 to size - 1. */
export function createBitSet(size: number): BitSet {
  return new Uint32Array(Math.ceil(size / 32));
}

export function addBit(set: BitSet, bit: number): void {
  set[bit >>> 5] = (set[bit >>> 5] ?? 0) | (1 << (bit & 31));
}

/** Whether the set holds the integer; one that it has no room for is not held. */
export function hasBit(set: BitSet, bit: number): boolean {
  return ((set[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
}

/** Whether everything in `inner` is in `outer` as well. */
export function containsAll(outer: BitSet, inner: BitSet): boolean {
  return inner.every((word, index) => (word & ~(outer[index] ?? 0)) === 0);
}
