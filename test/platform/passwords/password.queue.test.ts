import { createPasswordQueue } from '../../../src/platform/passwords/password.queue.ts';
import type { Asker, PasswordQueue } from '../../../src/platform/passwords/password.queue.ts';

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

const during = <T>(queue: PasswordQueue, asker: Asker, work: () => Promise<T>) => queue.hold(asker, (place) => place.during(work));

const settled = () => new Promise((resolve) => void setImmediate(resolve));

describe('the password queue', () => {
  it('more work than may run, runs in the order it came, and each end lets one more in', async () => {
    const queue = createPasswordQueue({ atOnce: 2, maxWaiting: 9 });
    const begun: string[] = [];
    const works = ['a', 'b', 'c', 'd'].map((name) => makeWork(begun, name));
    const results = works.map(({ work }) => during(queue, undefined, work));
    await settled();
    expect(begun).toEqual(['a', 'b']);
    works[1]?.end();
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const { end } of works) end();
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('work that fails, lets the next in and frees its place', async () => {
    const queue = createPasswordQueue({ atOnce: 1, maxWaiting: 9 });
    const fail = () => Promise.reject(new Error('failed'));
    const all = Array.from({ length: 5 }, () => during(queue, 'a', fail));
    for (const each of all) await expect(each).rejects.toThrow('failed');
    expect(await during(queue, 'a', () => Promise.resolve('done'))).toBe('done');
  });

  it('no room to wait, refuses at once, and takes again what fits', async () => {
    const queue = createPasswordQueue({ atOnce: 1, maxWaiting: 1 });
    const [one, two, three] = [makeWork([], 'one'), makeWork([], 'two'), makeWork([], 'three')];
    const taken = [one, two, three].map(({ work }) => during(queue, undefined, work));
    await expect(during(queue, undefined, one.work)).rejects.toMatchObject({ code: 'password-queue-full' });
    for (const { end } of [one, two, three]) end();
    await Promise.all(taken);
    expect(await during(queue, undefined, () => Promise.resolve('done'))).toBe('done');
  });

  it('one asker, whether known or not, has two places, and a third when one of them is left', async () => {
    for (const asker of ['a', { known: 'a' }]) {
      const queue = createPasswordQueue({ atOnce: 3, maxWaiting: 9 });
      const begun: string[] = [];
      const works = ['one', 'two', 'three'].map((name) => makeWork(begun, name));
      const held = works.map(({ work }) => queue.hold(asker, work));
      expect(await queue.hold('b', () => Promise.resolve('done'))).toBe('done');
      expect(begun).toEqual(['one', 'two']);
      works[1]?.end();
      await settled();
      expect(begun).toEqual(['one', 'two', 'three']);
      for (const { end } of works) end();
      await Promise.all(held);
    }
  });

  it('sources take turns, however many of one wait', async () => {
    const queue = createPasswordQueue({ atOnce: 1, maxWaiting: 99 });
    const begun: string[] = [];
    const note = (name: string) => during(queue, name, () => Promise.resolve(begun.push(name)));
    await Promise.all([...Array.from({ length: 10 }, () => note('a')), note('b'), note('c'), note('b')]);
    expect(begun.slice(0, 6).filter((name) => name !== 'a')).toEqual(['b', 'c']);
    expect(begun.filter((name) => name === 'a')).toHaveLength(10);
  });

  it('line full of one source, has room for another one, and the last of the first is refused', async () => {
    const queue = createPasswordQueue({ atOnce: 1, maxWaiting: 4 });
    const { end, work } = makeWork([], 'a');
    const held = Array.from({ length: 6 }, () => queue.hold('a', work));
    const others = [queue.hold('b', work), queue.hold('b', work)];
    await expect(held[5]).rejects.toMatchObject({ code: 'password-queue-full' });
    await expect(held[4]).rejects.toMatchObject({ code: 'password-queue-full' });
    await expect(queue.hold('b', work)).rejects.toMatchObject({ code: 'password-queue-full' });
    end();
    expect(await Promise.all([...held.slice(0, 4), ...others])).toHaveLength(6);
  });

  it('flood of ever new sources, keeps out none who are known, and half of the turns are theirs', async () => {
    const queue = createPasswordQueue({ atOnce: 1, maxWaiting: 20 });
    const begun: string[] = [];
    const note = (asker: Asker, name: string) => during(queue, asker, async () => {
      begun.push(name);
      await settled();
    });
    const flood = Array.from({ length: 60 }, (_, at) => note(`192.0.2.${at}`, 'new').catch(() => 'refused'));
    const known = Array.from({ length: 20 }, (_, at) => note({ known: `device ${at}` }, 'known'));
    await Promise.all(known);
    expect(begun.filter((name) => name === 'new').length).toBeLessThanOrEqual(23);
    expect((await Promise.all(flood)).filter((end) => end === 'refused')).toHaveLength(38);
  });

  it('load, tells what runs, what holds or waits for a place, and how often there was no room', async () => {
    const queue = createPasswordQueue({ atOnce: 1, maxWaiting: 1 });
    const { end, work } = makeWork([], 'a');
    expect(queue.load()).toEqual({ running: 0, queued: 0, refused: 0 });
    const held = [
      during(queue, undefined, work), queue.hold(undefined, work), queue.hold(undefined, work), queue.hold({ known: 'b' }, work),
    ];
    await settled();
    expect(queue.load()).toEqual({ running: 1, queued: 3, refused: 0 });
    for (const source of ['b', undefined]) await expect(during(queue, source, work)).rejects.toMatchObject({ code: 'password-queue-full' });
    end();
    await Promise.all(held);
    expect(queue.load()).toEqual({ running: 0, queued: 0, refused: 2 });
  });

  it('closed, lets what runs end and refuses what waits and comes', async () => {
    const queue = createPasswordQueue({ atOnce: 1, maxWaiting: 9 });
    const { work, end } = makeWork([], 'a');
    const all = Promise.allSettled(
      [during(queue, 'a', work), during(queue, 'a', work), during(queue, 'a', work), during(queue, { known: 'c' }, work)],
    );
    queue.close();
    const comes = during(queue, 'b', work);
    await expect(comes).rejects.toMatchObject({ code: 'not-ready' });
    end();
    const [runs, ...waits] = await all;
    expect(runs).toMatchObject({ value: 'a' });
    for (const each of waits) expect(each).toMatchObject({ reason: { code: 'not-ready' } });
  });
});
