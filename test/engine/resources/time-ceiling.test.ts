import { timeCeiling } from '../../../src/engine/resources/time-ceiling.ts';
import { timeRange } from '../../../src/engine/resources/stored-value.ts';
import { createRandom } from '../../fuzz/random.ts';

describe('the ceiling of a text among times', () => {
  it.each([
    ['', '0001-01-01T00:00:00.000Z'],
    ['0000-12-31', '0001-01-01T00:00:00.000Z'],
    ['2026', '2026-01-01T00:00:00.000Z'],
    ['2026-07-15', '2026-07-15T00:00:00.000Z'],
    ['2026-07-15T10:00:00.000Z', '2026-07-15T10:00:00.000Z'],
    ['2026-07-15T10:00:00.000Z and more', '2026-07-15T10:00:00.001Z'],
    ['2026-07-15T10:00:00.000+01:00', '2026-07-15T10:00:00.000Z'],
    ['2026-07-15 10:00', '2026-07-15T00:00:00.000Z'],
    ['2026-07-15t10:00', '2026-07-16T00:00:00.000Z'],
    ['2026-02-29', '2026-03-01T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-04-31', '2026-05-01T00:00:00.000Z'],
    ['2026-13-01', '2027-01-01T00:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z!', '2027-01-01T00:00:00.000Z'],
    ['20260715', '2027-01-01T00:00:00.000Z'],
    ['88.5', '8800-01-01T00:00:00.000Z'],
  ])('of %j, is %s', (text, expected) => {
    expect(timeCeiling(text).toISOString()).toBe(expected);
  });

  it('of random texts, no earlier time is equal or greater', () => {
    const { below, next } = createRandom(26);
    const signs = '0123456789-T:.Z/ ;A';
    const lastText = new Date(timeRange.last).toISOString();
    let checked = 0;
    for (let round = 0; round < 5_000; round += 1) {
      let text = new Date(timeRange.first + next() * (timeRange.last - timeRange.first)).toISOString();
      for (let changes = below(4); changes > 0; changes -= 1) {
        const at = below(25);
        text = text.slice(0, at) + signs.charAt(below(signs.length + 1)) + text.slice(at + below(2));
      }
      if (text > lastText) continue;
      checked += 1;
      const time = timeCeiling(text).getTime();
      const before = time === timeRange.first ? '' : new Date(time - 1).toISOString();
      expect({ text, isEnough: new Date(time).toISOString() >= text, isLeast: before < text || before === '' })
        .toEqual({ text, isEnough: true, isLeast: true });
    }
    expect(checked).toBeGreaterThan(4_000);
  });
});
