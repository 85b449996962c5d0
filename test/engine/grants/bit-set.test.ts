import fc from 'fast-check';
import { addBit, containsAll, createBitSet, hasBit } from '../../../src/engine/grants/bit-set.ts';

const integers = fc.uniqueArray(fc.nat(199));

function setOf(bits: readonly number[], size = 200) {
  const set = createBitSet(size);
  for (const bit of bits) addBit(set, bit);
  return set;
}

describe('the bit set', () => {
  it('hasBit, any integers added, holds those and no other', () => {
    fc.assert(fc.property(integers, (bits) => {
      const set = setOf(bits);
      const held = Array.from({ length: 260 }, (_none, bit) => bit).filter((bit) => hasBit(set, bit));
      expect(held).toEqual([...bits].sort((one, other) => one - other));
    }));
  });

  it('containsAll, any two sets, answers as for plain sets', () => {
    fc.assert(fc.property(integers, integers, (outer, inner) => {
      expect(containsAll(setOf(outer), setOf(inner))).toBe(inner.every((bit) => outer.includes(bit)));
      expect(containsAll(setOf([...outer, ...inner]), setOf(inner))).toBe(true);
    }));
  });

  it('containsAll, an inner set of a larger size, counts what the outer has no room for', () => {
    expect(containsAll(setOf([1], 10), setOf([1], 100))).toBe(true);
    expect(containsAll(setOf([1], 10), setOf([1, 64], 100))).toBe(false);
  });

  it('createBitSet, no size, holds nothing', () => {
    expect([hasBit(createBitSet(0), 0), hasBit(createBitSet(0), 31), containsAll(createBitSet(0), createBitSet(0))])
      .toEqual([false, false, true]);
  });
});
