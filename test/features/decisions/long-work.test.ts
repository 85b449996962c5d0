import { setImmediate as afterOthers } from 'node:timers/promises';
import { createLongWork } from '../../../src/features/decisions/long-work.ts';

/** Long work on a thread whose time and use are set by hand, in ms. */
function plan() {
  const state = { now: 1_000, active: 0 };
  const begin = createLongWork({ monotonic: () => state.now, active: () => state.active });
  return {
    begin,
    /** Lets the thread work for the long work, and for others. */
    work(own: number, others = 0) {
      state.now += own + others;
      state.active += own + others;
    },
    idle(time: number) { state.now += time; },
    /** Whether a pause ends in the same turn of the event loop, without a timer. */
    async isOverAtOnce(piece: ReturnType<typeof begin>) {
      let isOver = false;
      const paused = piece.pause().then(() => { isOver = true; });
      await afterOthers();
      const wasOver = isOver;
      await paused;
      return wasOver;
    },
    /** How long a pause lasts until the next slice may begin, by the clock of timers. */
    async pauseOf(piece: ReturnType<typeof begin>) {
      const began = performance.now();
      await piece.pause();
      return performance.now() - began;
    },
  };
}

describe('long work', () => {
  it('a slice of 4 ms, is due for a pause, and the next one begins after it', async () => {
    const { begin, work } = plan();
    const piece = begin();
    work(3.9);
    expect(piece.isDue()).toBe(false);
    work(0.1);
    expect(piece.isDue()).toBe(true);
    await piece.pause();
    expect(piece.isDue()).toBe(false);
  });

  it('on a thread that nobody else uses, goes on at once', async () => {
    const { begin, work, isOverAtOnce } = plan();
    const piece = begin();
    for (let turn = 0; turn < 20; turn += 1) {
      work(5);
      expect(await isOverAtOnce(piece)).toBe(true);
    }
    work(0, 20);
    expect(await isOverAtOnce(piece)).toBe(false);
  });

  it('beside others, rests three times as long as it worked', async () => {
    const { begin, work, pauseOf } = plan();
    work(0, 20);
    const piece = begin();
    work(8);
    const rested = await pauseOf(piece);
    expect(rested).toBeGreaterThan(22);
    expect(rested).toBeLessThan(40);
  });

  it('of two pieces beside others, the slices never follow one another at once', async () => {
    const { begin, work } = plan();
    work(0, 20);
    const pieces = [begin(), begin()];
    work(5);
    const began = performance.now();
    const ends = await Promise.all(pieces.map(async (piece) => {
      await piece.pause();
      return performance.now() - began;
    }));
    // The first waits 3 x 5 ms; the second another 16: a slice of 4 ms, and its rest. A timer may be late, and 1 ms early.
    expect(ends[0]).toBeGreaterThan(13);
    expect(ends[1]).toBeGreaterThan(29);
  });

  it('once others have gone, no longer rests', async () => {
    const { begin, work, idle, isOverAtOnce } = plan();
    work(0, 20);
    const piece = begin();
    work(5);
    await piece.pause();
    idle(200);
    work(5);
    await piece.pause();
    idle(200);
    work(5);
    expect(await isOverAtOnce(piece)).toBe(true);
  });
});
