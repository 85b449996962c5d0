import { createSecretKey, randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { createPasswordPool } from '../../src/passwords/password.pool.ts';
import { createPasswordService } from '../../src/passwords/password.service.ts';
import { threadTime } from '../support/thread-time.ts';

// Passwords are hashed and judged beside the event loop. Two things tell so, however busy the machine is: the thread of the
// event loop uses next to nothing of the processor time that the work takes, and its timers go on meanwhile.

interface Watched {
  /** Processor time of the thread of the event loop, and of the whole process, in ms. */
  readonly own: number;
  readonly whole: number;
  /** How often a timer of 2 ms fired; it ends when it has fired as often as it may, so that what it costs does not grow with the time. */
  readonly turns: number;
}

const mostTurns = 100;

async function watch(work: () => Promise<unknown>): Promise<Watched> {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
    if (turns === mostTurns) clearInterval(timer);
  }, 2);
  const [own, { user, system }] = [threadTime(), process.cpuUsage()];
  await work();
  const [ownAfter, after] = [threadTime(), process.cpuUsage()];
  clearInterval(timer);
  return { own: ownAfter - own, whole: (after.user + after.system - user - system) / 1e3, turns };
}

const tell = ({ own, whole, turns }: Watched): string => (
  `${own.toFixed(0)} of ${whole.toFixed(0)} ms of processor time on the event loop, whose timer fired ${turns} times meanwhile`
);

/** 250 characters each, of what makes estimates slow: letters with many disguises, repeats in repeats, dates, rows of keys. */
const hostile = [
  '1', '4', '1!|', '4@8(<', '|_|', '/\\/\\', '4@8({[<6|)3#69&1!', '11ll!!', 'a4@', '2v2u', '^/^^', '7+1!|5$0()', '1nn2n', 'p4$$w0rd', '4nn4',
  'aab', '1.1.', '01012001', '1234567890', 'qazwsxedc', 'onetwothree', '\u{1f600}',
].map((part) => Array.from(part.repeat(250)).slice(0, 250).join(''));
/** Names of many short ambiguous pieces, the longest that a user may have. */
const ambiguous = ['li.il.ll.ii.lli.iil.'.repeat(6), 'l'.repeat(128), 'uw'.repeat(64), `${'il.'.repeat(60)}@${'vv.'.repeat(20)}example`];

describe('event loop', () => {
  it('while 10 passwords are hashed at cost 10, does a twentieth of the work at most, and its timers go on', async () => {
    const passwords = createPasswordService({ cost: 10, pepper: { id: '1', key: createSecretKey(randomBytes(32)) } });
    await passwords.hash('starts a thread');
    const beside = await watch(() => Promise.all(Array.from({ length: 10 }, (_, at) => passwords.hash(`password number ${at}`))));
    await passwords.close();
    // What it would be without threads, so that it is seen to be measured.
    const within = await watch(async () => {
      for (let count = 0; count < 10; count += 1) bcrypt.hashSync('on the event loop', 10);
      await Promise.resolve();
    });
    console.log(`10 hashes at cost 10: ${tell(beside)}; without threads ${tell(within)}`);
    expect(beside.own).toBeLessThan(within.own / 20);
    expect(beside.turns).toBeGreaterThan(2 * 10);
    expect(within.own).toBeGreaterThan(within.whole / 2);
    expect(within.turns).toBeLessThan(2);
  }, 120_000);

  it('while hostile passwords are judged or cut off, does a tenth of the work at most, and its timers go on', async () => {
    const pool = createPasswordPool({ maxQueue: 64, workers: 1 });
    await pool.rate({ password: 'loads the dictionaries', about: [] });
    const watched = await watch(async () => {
      for (const password of hostile) {
        // A busy machine may take longer than the limit; that must do no harm either.
        await pool.rate({ password, about: ambiguous }).catch((error: unknown) => expect(error).toMatchObject({ code: 'password-queue-full' }));
      }
    });
    await pool.close();
    console.log(`${hostile.length} hostile passwords of 250 characters: ${tell(watched)}`);
    expect(watched.own).toBeLessThan(watched.whole / 10);
    expect(watched.turns).toBeGreaterThan(2 * hostile.length);
  }, 120_000);

  it('while hostile passwords are cut off, does a tenth of the work at most, its timers go on, and hashes in between are done', async () => {
    const pool = createPasswordPool({ maxQueue: 64, workers: 1, rateLimit: 10 });
    const slowest = hostile.slice(0, 3);
    const hash = { digest: 'digest', salt: bcrypt.genSaltSync(4) };
    await pool.run(hash);
    const watched = await watch(async () => {
      const answers = await Promise.allSettled(slowest.flatMap((password) => [pool.rate({ password, about: ambiguous }), pool.run(hash)]));
      for (const [at, answer] of answers.entries()) {
        if (at % 2 === 0) expect(answer).toMatchObject({ reason: { code: 'password-queue-full' } });
        else expect(answer).toMatchObject({ status: 'fulfilled' });
      }
    });
    await pool.close();
    console.log(`${slowest.length} hostile passwords cut off: ${tell(watched)}`);
    expect(watched.own).toBeLessThan(watched.whole / 10);
    expect(watched.turns).toBeGreaterThan(2 * slowest.length);
  }, 120_000);
});
