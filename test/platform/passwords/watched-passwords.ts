import { createSecretKey, randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { AppError } from '../../../src/errors/errors.ts';
import { createPasswordPool } from '../../../src/platform/passwords/password.pool.ts';
import { createPasswordService } from '../../../src/platform/passwords/password.service.ts';
import { threadTime } from '../../support/thread-time.ts';

// A process that does nothing but the work it is told to do, by its name, and answers what it saw meanwhile: a Watched.
// In a process that also runs tests, whatever they have left behind would be measured too.

export interface Watched {
  /** Processor time of the thread of the event loop, and of the whole process, in ms. */
  readonly own: number;
  readonly whole: number;
  /** How often a timer of 2 ms fired. It ends when it has fired as often as it may, lest what it costs grows with the time. */
  readonly turns: number;
  /** How each part of the work ended: "done", or the code that it was refused with. */
  readonly ends: readonly string[];
}

const mostTurns = 100;

async function watch(work: () => Promise<readonly string[]>): Promise<Watched> {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
    if (turns === mostTurns) clearInterval(timer);
  }, 2);
  const [own, before] = [threadTime(), process.cpuUsage()];
  const ends = await work();
  const [ownAfter, { user, system }] = [threadTime(), process.cpuUsage(before)];
  clearInterval(timer);
  return { own: ownAfter - own, whole: (user + system) / 1e3, turns, ends };
}

function endOf(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'done', (error: unknown) => (error instanceof AppError ? error.code : String(error)));
}

/** 250 characters each, of what makes estimates slow: letters with many disguises, repeats in repeats, dates, rows of keys. */
const hostile = [
  '1', '4', '1!|', '4@8(<', '|_|', '/\\/\\', '4@8({[<6|)3#69&1!', '11ll!!', 'a4@', '2v2u', '^/^^', '7+1!|5$0()', '1nn2n', 'p4$$w0rd',
  '4nn4', 'aab', '1.1.', '01012001', '1234567890', 'qazwsxedc', 'onetwothree', '\u{1f600}',
].map((part) => Array.from(part.repeat(250)).slice(0, 250).join(''));
/** Names of many short ambiguous pieces, the longest that a user may have. */
const ambiguous = ['li.il.ll.ii.lli.iil.'.repeat(6), 'l'.repeat(128), 'uw'.repeat(64), `${'il.'.repeat(60)}@${'vv.'.repeat(20)}example`];

const works = {
  /** Ten passwords at cost 10. */
  async hash() {
    const passwords = createPasswordService({ cost: 10, pepper: { id: '1', key: createSecretKey(randomBytes(32)) } });
    await passwords.hash('starts a thread');
    const watched = await watch(() => Promise.all(Array.from({ length: 10 }, (_, at) => endOf(passwords.hash(`password number ${at}`)))));
    await passwords.close();
    return watched;
  },
  /** The same without threads. */
  hashWithout: () => watch(async () => {
    for (let count = 0; count < 10; count += 1) bcrypt.hashSync('on the event loop', 10);
    await Promise.resolve();
    return [];
  }),
  /** Hostile passwords one after the other. A busy machine may take longer for one than the limit, and refuse it. */
  async judge() {
    const pool = createPasswordPool({ maxQueue: 64, workers: 1 });
    await pool.rate({ password: 'loads the dictionaries', about: [] });
    const watched = await watch(async () => {
      const ends: string[] = [];
      for (const password of hostile) ends.push(await endOf(pool.rate({ password, about: ambiguous })));
      return ends;
    });
    await pool.close();
    return watched;
  },
  /** Three hostile passwords at once with less time than they need, and a hash behind each. */
  async cutOff() {
    const pool = createPasswordPool({ maxQueue: 64, workers: 1, rateLimit: 10 });
    const hash = { digest: 'digest', salt: bcrypt.genSaltSync(4) };
    await pool.run(hash);
    const watched = await watch(() => Promise.all(
      hostile.slice(0, 3).flatMap((password) => [endOf(pool.rate({ password, about: ambiguous })), endOf(pool.run(hash))]),
    ));
    await pool.close();
    return watched;
  },
} satisfies Record<string, () => Promise<Watched>>;

export type Work = keyof typeof works;

process.on('message', (work) => {
  void works[work as Work]().then((watched) => process.send?.(watched)); // a test sends nothing else
});
