import { createMarks } from '../../../src/platform/cache/validity.ts';

describe('marks', () => {
  it('of one name, are the same until it ends, and then a new one', () => {
    const marks = createMarks(10);
    const first = marks.take('a');
    expect(marks.take('a')).toBe(first);
    marks.end('a');
    expect(first.isAlive).toBe(false);
    expect(marks.take('a')).not.toBe(first);
    expect(marks.take('a').isAlive).toBe(true);
  });

  it('of other names, stay alive when one ends, and end with all', () => {
    const marks = createMarks(10);
    const [a, b] = [marks.take('a'), marks.take('b')];
    marks.end('a');
    expect([a.isAlive, b.isAlive]).toEqual([false, true]);
    marks.endAll();
    expect(b.isAlive).toBe(false);
  });

  it('too many, end the one that was not taken for longest', () => {
    const marks = createMarks(2);
    const taken = ['a', 'b', 'c'].map((name) => marks.take(name));
    expect(taken.map(({ isAlive }) => isAlive)).toEqual([false, true, true]);
  });
});
