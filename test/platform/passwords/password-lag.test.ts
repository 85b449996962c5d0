import { createProcesses, nextMessage } from '../../support/processes.ts';
import type { Running } from '../../support/processes.ts';
import type { Watched, Work } from './watched-passwords.ts';

// Passwords are hashed and judged beside the event loop. Two things tell so, however busy the machine is: the thread of the
// event loop uses next to nothing of the processor time that the work takes, and its timers go on meanwhile.

const tell = ({ own, whole, turns }: Watched): string => (
  `${own.toFixed(0)} of ${whole.toFixed(0)} ms of processor time on the event loop, whose timer fired ${turns} times meanwhile`
);

describe('event loop', () => {
  const processes = createProcesses();
  let watched: Running;
  beforeAll(() => { watched = processes.fork('test/platform/passwords/watched-passwords.ts'); });
  const during = (work: Work): Promise<Watched> => {
    watched.child.send(work);
    return nextMessage<Watched>(watched);
  };

  it('while 10 passwords are hashed at cost 10, does a twentieth of the work at most, and its timers go on', async () => {
    const [beside, within] = [await during('hash'), await during('hashWithout')];
    console.log(`10 hashes at cost 10: ${tell(beside)}; without threads ${tell(within)}`);
    expect(beside.ends).toEqual(Array(10).fill('done'));
    expect(beside.own).toBeLessThan(within.own / 20);
    expect(beside.turns).toBeGreaterThan(2 * 10);
    // What is done on the event loop is seen there.
    expect(within.own).toBeGreaterThan(within.whole / 2);
    expect(within.turns).toBeLessThan(2);
  }, 120_000);

  it('while hostile passwords are judged or cut off, does a tenth of the work at most, and its timers go on', async () => {
    const judging = await during('judge');
    console.log(`${judging.ends.length} hostile passwords of 250 characters: ${tell(judging)}`);
    // A busy machine may take longer than the limit; that must do no harm either.
    expect(judging.ends.filter((end) => !['done', 'password-queue-full'].includes(end))).toEqual([]);
    expect(judging.own).toBeLessThan(judging.whole / 10);
    expect(judging.turns).toBeGreaterThan(2 * judging.ends.length);
  }, 120_000);

  it('while hostile passwords are cut off, does a tenth of the work at most, its timers go on, and hashes are done', async () => {
    const cutting = await during('cutOff');
    console.log(`3 hostile passwords cut off: ${tell(cutting)}`);
    expect(cutting.ends).toEqual(Array(3).fill(['password-queue-full', 'done']).flat());
    expect(cutting.own).toBeLessThan(cutting.whole / 10);
    expect(cutting.turns).toBeGreaterThan(2 * 3);
  }, 120_000);
});
