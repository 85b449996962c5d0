import { availableParallelism } from 'node:os';
import type { Strength } from './password.strength.ts';
import { createThreads } from './password.threads.ts';
import { createPasswordQueue } from './password.queue.ts';
import type { Asker, PasswordQueueLoad } from './password.queue.ts';
import type { BcryptTask } from './password.worker.ts';
import type { StrengthTask } from './strength.worker.ts';

export interface PasswordPoolOptions {
  /** How many may wait for a place, of those who are known and of the others each. */
  readonly maxQueue: number;
  /** Threads; by default one fewer than cores, at least one. */
  readonly workers?: number;
  /** How long one strength estimate may run, in ms, its wait and the loading of dictionaries not counted; 1,000 by default. */
  readonly rateLimit?: number;
  /** The file that hashes; by default the one beside this file, in the same language (TypeScript or compiled). */
  readonly file?: URL;
  /** The file that estimates strength; by default likewise. */
  readonly rateFile?: URL;
}

/** Where bcrypt and strength estimates run: threads beside the event loop, behind one queue for both. */
export interface PasswordPool {
  /** The bcrypt hash of a digest. */
  run(task: BcryptTask, asker?: Asker): Promise<string>;
  /** Waits for a place and holds it as long as the work takes, which must not ask for another one. */
  hold<T>(asker: Asker, work: (run: (task: BcryptTask) => Promise<string>) => Promise<T>): Promise<T>;
  /** How hard a password is to guess; `password-queue-full` too when that takes too long to tell. */
  rate(task: Omit<StrengthTask, 'number'>, asker?: Asker): Promise<Strength>;
  /** How much is running, how much holds or waits for a place besides, and how often there was no room to wait. */
  load(): PasswordQueueLoad;
  close(): Promise<void>;
}

/**
 * Creates the worker pool that keeps bcrypt and strength estimates off the event loop.
 *
 * Threads start with the first computation and end when idle; none keeps the process alive while it has nothing to do.
 * Those that hash yield to everything else; those that estimate do not, since they are cut off by the clock.
 * Who has two places already, waits for a third one. All refuse with `password-queue-full` when there is no room to wait, with
 * `not-ready` once closed. An estimate that takes too long is cut off with its thread; what waits goes on in a new
 * one. `close` ends the threads at once: what still waits fails with `not-ready`.
 */
export function createPasswordPool(options: PasswordPoolOptions): PasswordPool {
  const { workers = Math.max(1, availableParallelism() - 1), rateLimit = 1_000 } = options;
  const queue = createPasswordQueue({ atOnce: workers, maxWaiting: options.maxQueue });
  /** By the number of the strength task: starts the clock of one that has begun. */
  const clocks = new Map<number, () => void>();
  const hashing = createThreads<BcryptTask, string>(options.file ?? workerFile('password'), workers);
  const estimating = createThreads<StrengthTask, Strength>(
    options.rateFile ?? workerFile('strength'), workers, (number) => clocks.get(number)?.(),
  );
  let lastNumber = 0;

  const hold: PasswordPool['hold'] = (asker, work) => queue.hold(asker, ({ during }) => work((task) => during(() => hashing.run(task))));

  return {
    hold,
    run: (task, asker) => hold(asker, (run) => run(task)),
    rate: (task, asker) => queue.hold(asker, ({ during }) => during(async () => {
      const number = (lastNumber += 1);
      const cutOff = new AbortController();
      let timer: NodeJS.Timeout | undefined;
      // Counted in tenths, because a timer fires once, however long the whole machine stood still: that is nobody's fault.
      let tenths = 10;
      clocks.set(number, () => (timer = setInterval(() => (tenths -= 1) === 0 && cutOff.abort(), rateLimit / 10)));
      try {
        return await estimating.run({ ...task, number }, cutOff.signal);
      } finally {
        clocks.delete(number);
        clearInterval(timer);
      }
    })),
    load: queue.load,
    async close() {
      queue.close();
      await Promise.all([hashing.close(), estimating.close()]);
    },
  };
}

function workerFile(name: string): URL {
  return new URL(`./${name}.worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
}
