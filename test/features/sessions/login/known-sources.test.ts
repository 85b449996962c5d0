import { isKnownSource, withSource } from '../../../../src/features/sessions/login/known-sources.ts';
import type { KnownSource } from '../../../../src/features/users/user.model.ts';

const day = 24 * 3_600_000;
const now = 1_800_000_000_000;
const at = (source: string, daysAgo: number): KnownSource => ({ source, lastAt: new Date(now - daysAgo * day) });

describe('known sources', () => {
  it('isKnownSource, of the last 30 days, is; an older or another one is not', () => {
    expect(isKnownSource([at('a', 29.9)], 'a', now)).toBe(true);
    expect(isKnownSource([at('a', 30)], 'a', now)).toBe(false);
    expect(isKnownSource([at('a', 0)], 'b', now)).toBe(false);
    expect(isKnownSource([], 'a', now)).toBe(false);
  });

  it('withSource, a new one, comes first and drops what is over', () => {
    expect(withSource([at('a', 3), at('b', 31)], 'c', now)).toEqual([at('c', 0), at('a', 3)]);
  });

  it('withSource, noted less than a day ago, writes nothing; later, renews it', () => {
    expect(withSource([at('a', 0.9), at('b', 2)], 'a', now)).toBeNull();
    expect(withSource([at('b', 0.5), at('a', 1)], 'a', now)).toEqual([at('a', 0), at('b', 0.5)]);
  });

  it('withSource, of eleven, keeps the ten latest', () => {
    const ten = Array.from({ length: 10 }, (_, index) => at(`s${index}`, 10 - index));
    const kept = withSource(ten, 'new', now) ?? [];
    expect(kept.map(({ source }) => source)).toEqual(['new', 's9', 's8', 's7', 's6', 's5', 's4', 's3', 's2', 's1']);
  });
});
