import { readDecimal, readInteger } from '../../../src/engine/resources/exact-number.ts';

describe('an exact number', () => {
  it.each<[string, number]>([
    ['5', 5], ['5.00', 5], ['5E+1', 50], ['-5.5', -5.5], ['0.5', 0.5], ['-0', 0], ['9007199254740992', 2 ** 53],
    ['1152921504606846976', 2 ** 60],
    ['Infinity', Infinity], ['-Infinity', -Infinity],
  ])('of a decimal %s that a double equals, is that double', (text, value) => {
    expect(readDecimal(text) === value).toBe(true);
  });

  it.each<[string, number, number]>([
    ['0.1', 0.09999999999999999, 0.1], ['-0.1', -0.1, -0.09999999999999999], ['9007199254740993', 2 ** 53, 2 ** 53 + 2],
    ['-9007199254740993', -(2 ** 53) - 2, -(2 ** 53)],
    ['1E-6000', 0, Number.MIN_VALUE], ['-1E-6000', -Number.MIN_VALUE, 0], ['1E+6000', Number.MAX_VALUE, Infinity],
    ['-1E+6000', -Infinity, -Number.MAX_VALUE],
  ])('of a decimal %s that no double equals, is between two neighbours', (text, below, above) => {
    expect(readDecimal(text)).toEqual({ below, above });
  });

  it('of a decimal that is no number, is null', () => expect(readDecimal('NaN')).toBeNull());

  it.each<[bigint, unknown]>([
    [5n, 5], [-5n, -5], [2n ** 60n, 2 ** 60], [2n ** 53n + 1n, { below: 2 ** 53, above: 2 ** 53 + 2 }],
    [-(2n ** 53n) - 1n, { below: -(2 ** 53) - 2, above: -(2 ** 53) }],
    [10n ** 400n, { below: Number.MAX_VALUE, above: Infinity }], [-(10n ** 400n), { below: -Infinity, above: -Number.MAX_VALUE }],
    [2n ** 60n + 1n, { below: 2 ** 60, above: 2 ** 60 + 256 }], [2n ** 60n - 1n, { below: 2 ** 60 - 128, above: 2 ** 60 }],
  ])('of the integer %s, is the double that equals it, or those around it', (integer, read) => {
    expect(readInteger(integer)).toEqual(read);
  });
});
