import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { AppError } from '../errors.ts';
import type { BcryptTask } from './password.worker.ts';

/** A thread that had nothing to do for this long ends. */
const idleMilliseconds = 60_000;
const placesPerSource = 2;

export interface PasswordPoolOptions {
  /** How many computations may wait besides those that run. */
  readonly maxQueue: number;
  /** Threads; by default one fewer than cores, at least one. */
  readonly workers?: number;
  /** The worker's file; by default the one beside this file, in the same language (TypeScript or compiled). */
  readonly file?: URL;
}

/** Where bcrypt runs: threads beside the event loop. */
export interface PasswordPool {
  run(task: BcryptTask, source?: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Makes the worker pool that keeps bcrypt off the event loop.
 *
 * Threads start with the first computation and end when idle; none keeps the process alive while it has nothing to do.
 * `run` refuses with `password-queue-full` when the queue is full, or when this source already holds two places;
 * with `not-ready` once closed. `close` ends the threads at once: what still waits fails with `not-ready`.
 */
export function createPasswordPool(options: PasswordPoolOptions): PasswordPool {
  const places = new Map<string, number>();
  let closed = false;
  const pool = new Piscina<BcryptTask, string>({
    filename: fileURLToPath(options.file ?? workerFile()),
    minThreads: 0,
    maxThreads: options.workers ?? Math.max(1, availableParallelism() - 1),
    idleTimeout: idleMilliseconds,
    recordTiming: false,
  });

  let startFailure: unknown;
  /** The library starts no thread for work that waits when its last thread dies: fail it, the next call starts afresh. */
  function dropStranded(): void {
    if (pool.threads.length === 0) void pool.destroy();
  }
  function failureOf(error: unknown): Error {
    if (closed) return new AppError('not-ready', {}, error);
    dropStranded();
    return new Error('A password thread failed.', { cause: startFailure ?? error });
  }
  // Without a listener, a thread that cannot start would end the process.
  pool.on('error', (error) => {
    startFailure = error;
    dropStranded();
  });

  return {
    async run(task, source) {
      if (closed) throw new AppError('not-ready');
      const held = source === undefined ? 0 : places.get(source) ?? 0;
      if (held >= placesPerSource || pool.queueSize >= options.maxQueue) throw new AppError('password-queue-full');
      if (source !== undefined) places.set(source, held + 1);
      try {
        const hash = await pool.run(task);
        startFailure = undefined;
        return hash;
      } catch (error) {
        throw failureOf(error);
      } finally {
        if (source !== undefined) releasePlace(places, source);
      }
    },
    async close() {
      closed = true;
      await pool.destroy();
    },
  };
}

function releasePlace(places: Map<string, number>, source: string): void {
  const left = (places.get(source) ?? 1) - 1;
  if (left === 0) places.delete(source);
  else places.set(source, left);
}

function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './password.worker.ts' : './password.worker.js', import.meta.url);
}
