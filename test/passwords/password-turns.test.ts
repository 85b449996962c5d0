import { createTurns } from '../../src/passwords/password.turns.ts';
import type { Turns } from '../../src/passwords/password.turns.ts';

/** Work that ends when it is told to, and notes that it has begun. */
function makeWork(begun: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { end, work: async () => {
    begun.push(name);
    await ended;
    return name;
  } };
}

const during = <T>(turns: Turns, source: string | undefined, work: () => Promise<T>) => turns.hold(source, (place) => place.during(work));

const settled = () => new Promise((resolve) => void setImmediate(resolve));

describe('turns', () => {
  it('more work than may run, runs in the order it came, and each end lets one more in', async () => {
    const turns = createTurns({ atOnce: 2, maxWaiting: 9 });
    const begun: string[] = [];
    const works = ['a', 'b', 'c', 'd'].map((name) => makeWork(begun, name));
    const results = works.map(({ work }) => during(turns, undefined, work));
    await settled();
    expect(begun).toEqual(['a', 'b']);
    works[1]?.end();
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const { end } of works) end();
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('work that fails, lets the next in and frees its place', async () => {
    const turns = createTurns({ atOnce: 1, maxWaiting: 9 });
    const fail = () => Promise.reject(new Error('failed'));
    const first = [during(turns, 'a', fail), during(turns, 'a', fail)];
    await expect(during(turns, 'a', fail)).rejects.toMatchObject({ code: 'password-queue-full' });
    for (const each of first) await expect(each).rejects.toThrow('failed');
    expect(await during(turns, 'a', () => Promise.resolve('done'))).toBe('done');
  });

  it('no place to wait, refuses at once, and takes again what fits', async () => {
    const turns = createTurns({ atOnce: 1, maxWaiting: 1 });
    const [one, two] = [makeWork([], 'one'), makeWork([], 'two')];
    const taken = [during(turns, undefined, one.work), during(turns, undefined, two.work)];
    await expect(during(turns, undefined, one.work)).rejects.toMatchObject({ code: 'password-queue-full' });
    one.end();
    two.end();
    await Promise.all(taken);
    expect(await during(turns, undefined, () => Promise.resolve('done'))).toBe('done');
  });

  it('place held without work in it, counts for its source and for all until it is left', async () => {
    const turns = createTurns({ atOnce: 1, maxWaiting: 2 });
    const { end, work } = makeWork([], 'held');
    const held = [turns.hold('a', work), turns.hold('a', work)];
    await expect(turns.hold('a', work)).rejects.toMatchObject({ code: 'password-queue-full' });
    expect(await during(turns, 'b', () => Promise.resolve('done'))).toBe('done');
    held.push(turns.hold('b', work));
    await expect(turns.hold('c', work)).rejects.toMatchObject({ code: 'password-queue-full' });
    end();
    await Promise.all(held);
    expect(await during(turns, 'a', () => Promise.resolve('done'))).toBe('done');
  });

  it('load, tells what runs, what holds a place besides, and how often there was none', async () => {
    const turns = createTurns({ atOnce: 1, maxWaiting: 1 });
    const { end, work } = makeWork([], 'a');
    expect(turns.load()).toEqual({ running: 0, queued: 0, refused: 0 });
    const held = [during(turns, undefined, work), turns.hold(undefined, work)];
    await settled();
    expect(turns.load()).toEqual({ running: 1, queued: 1, refused: 0 });
    for (const source of ['b', undefined]) await expect(during(turns, source, work)).rejects.toMatchObject({ code: 'password-queue-full' });
    end();
    await Promise.all(held);
    expect(turns.load()).toEqual({ running: 0, queued: 0, refused: 2 });
  });

  it('closed, lets what runs end and refuses what waits and comes', async () => {
    const turns = createTurns({ atOnce: 1, maxWaiting: 9 });
    const { work, end } = makeWork([], 'a');
    const [runs, waits] = [during(turns, 'a', work), during(turns, 'a', work)];
    turns.close();
    const comes = during(turns, 'b', work);
    end();
    expect(await runs).toBe('a');
    await expect(waits).rejects.toMatchObject({ code: 'not-ready' });
    await expect(comes).rejects.toMatchObject({ code: 'not-ready' });
  });
});
