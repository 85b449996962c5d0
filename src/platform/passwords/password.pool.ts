import { availableParallelism } from 'node:os';
import type { Strength } from './password.strength.ts';
import { createThreads } from './password.threads.ts';
import { createPasswordQueue } from './password.queue.ts';
import type { Asker, PasswordQueueLoad } from './password.queue.ts';
import type { BcryptTask } from './password.worker.ts';
import type { StrengthTask } from './strength.worker.ts';

export interface PasswordPoolOptions {
  /** Maximum number of waiting callers, for known callers and for unknown callers each. */
  readonly maxQueue: number;
  /** Number of threads; by default one fewer than there are cores, at least one. */
  readonly workers?: number;
  /** Longest duration of one strength estimate, in ms, without its wait and the loading of dictionaries; 1,000 by default. */
  readonly rateLimit?: number;
  /** The file that hashes; by default the one beside this file, in the same language (TypeScript or compiled). */
  readonly file?: URL;
  /** The file that estimates strength; its default is chosen in the same way. */
  readonly rateFile?: URL;
}

/** Runs bcrypt and strength estimates in threads, so that they do not block the event loop. Both share one queue. */
export interface PasswordPool {
  /** Computes the bcrypt hash of a digest. */
  run(task: BcryptTask, asker?: Asker): Promise<string>;
  /** Waits for a place and holds it while the work runs. The work must not wait for another place. */
  hold<T>(asker: Asker, work: (run: (task: BcryptTask) => Promise<string>) => Promise<T>): Promise<T>;
  /** Estimates how hard a password is to guess. Throws `password-queue-full` also if the estimate takes too long. */
  rate(task: Omit<StrengthTask, 'number'>, asker?: Asker): Promise<Strength>;
  /** How many places run, how many are held or waited for, and how many callers were refused since the start. */
  load(): PasswordQueueLoad;
  close(): Promise<void>;
}

/**
 * Creates the worker pool that keeps bcrypt and strength estimates off the event loop.
 *
 * Threads start with the first computation and end when idle. An idle thread does not keep the process alive.
 * Threads that hash have a lower priority than everything else. Threads that estimate do not, because the clock ends them.
 * A caller with two places waits for a third one. All methods throw `password-queue-full` if the queue is full, and `not-ready`
 * after `close`. An estimate that takes too long ends with its thread, and waiting work goes on in a new one. `close` ends the
 * threads at once; work that still waits fails with `not-ready`.
 */
export function createPasswordPool(options: PasswordPoolOptions): PasswordPool {
  const { workers = Math.max(1, availableParallelism() - 1), rateLimit = 1_000 } = options;
  const queue = createPasswordQueue({ atOnce: workers, maxWaiting: options.maxQueue });
  /** By the number of a strength task: the function that starts its clock when the task begins. */
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
      // Count ten short intervals: if the whole machine stood still, a timer fires only once, and the estimate loses one tenth.
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
