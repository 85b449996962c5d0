import { createValidity } from '../../../src/platform/cache/validity.ts';

describe('validity tokens', () => {
  it('of one name, are the same until it ends, and then a new one', () => {
    const validity = createValidity(10);
    const first = validity.current('a');
    expect(validity.current('a')).toBe(first);
    validity.invalidate('a');
    expect(first.isAlive).toBe(false);
    expect(validity.current('a')).not.toBe(first);
    expect(validity.current('a').isAlive).toBe(true);
  });

  it('of other names, stay alive when one ends, and end with all', () => {
    const validity = createValidity(10);
    const [a, b] = [validity.current('a'), validity.current('b')];
    validity.invalidate('a');
    expect([a.isAlive, b.isAlive]).toEqual([false, true]);
    validity.invalidateAll();
    expect(b.isAlive).toBe(false);
  });

  it('too many, end the one that was not taken for longest', () => {
    const validity = createValidity(2);
    const taken = ['a', 'b', 'c'].map((name) => validity.current(name));
    expect(taken.map(({ isAlive }) => isAlive)).toEqual([false, true, true]);
  });
});
