import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** The load of the password threads. */
export interface PasswordLoad {
  readonly running: number;
  /** Callers who hold a place or wait for one, without those who run. */
  readonly queued: number;
  /** Number of callers who were refused since the start. */
  readonly refused: number;
}

/** Creates the metrics of the password threads. They are 0 before `watchPasswords`. */
export function createPasswordMetrics(registry: Registry): { watchPasswords(read: () => PasswordLoad): void } {
  let source = (): PasswordLoad => ({ running: 0, queued: 0, refused: 0 });
  const jobs = new Gauge({
    name: 'gatehouse_password_jobs', help: 'Passwords that are hashed or rated now (running), or that hold or wait for a place (queued).',
    labelNames: ['state'], registers: [registry],
    collect() {
      const { running, queued } = source();
      jobs.set({ state: 'running' }, running);
      jobs.set({ state: 'queued' }, queued);
    },
  });
  const refusals = new Counter({
    name: 'gatehouse_password_refusals_total', help: 'Passwords that were refused because the queue was full.', registers: [registry],
    collect() {
      refusals.reset();
      refusals.inc(source().refused);
    },
  });
  return {
    watchPasswords(read) {
      source = read;
    },
  };
}
