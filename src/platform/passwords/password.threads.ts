import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { AppError } from '../../errors/errors.ts';

/** An idle thread ends after this time. */
const idleMilliseconds = 60_000;

/** Threads that all run one file. */
export interface Threads<T, R> {
  /** Runs a task. Rejects with `not-ready` after `close`, and with `password-queue-full` if the signal fires, which ends the thread. */
  run(task: T, signal?: AbortSignal): Promise<R>;
  /** Ends the threads at once. */
  close(): Promise<void>;
}

/** Creates threads that start with the first task and end when idle. `heard` gets the numbers that they post. */
export function createThreads<T, R>(file: URL, maxThreads: number, heard?: (number: number) => void): Threads<T, R> {
  const pool = new Piscina<T, R>({
    filename: fileURLToPath(file), minThreads: 0, maxThreads, idleTimeout: idleMilliseconds, recordTiming: false,
  });
  let closed = false;
  let startFailure: unknown;

  /**
   * The library starts no new thread for waiting work when its last thread has died. So the waiting work fails here, and the next call
   * starts a thread again.
   */
  async function dropStranded(): Promise<void> {
    if (pool.threads.length === 0) await pool.destroy();
  }
  // Without a listener, a thread that cannot start would end the process.
  pool.on('error', (error) => {
    startFailure = error;
    void dropStranded();
  });
  if (heard) pool.on('message', heard);

  return {
    async run(task, signal) {
      try {
        const result = await pool.run(task, signal && { signal });
        startFailure = undefined;
        return result;
      } catch (error) {
        if (closed) throw new AppError('not-ready', {}, error);
        await dropStranded();
        if (signal?.aborted) throw new AppError('password-queue-full', {}, error);
        throw new Error('A password thread failed.', { cause: startFailure ?? error });
      }
    },
    async close() {
      closed = true;
      await pool.destroy();
    },
  };
}
