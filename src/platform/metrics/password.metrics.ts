import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** How busy the threads for passwords are. */
export interface PasswordLoad {
  readonly running: number;
  /** Places that somebody holds or waits for, and that do not run now. */
  readonly queued: number;
  /** How many found no place since the start. */
  readonly refused: number;
}

/** Creates the metrics of the threads for passwords, which are at 0 until somebody says what to read. */
export function createPasswordMetrics(registry: Registry): { watchPasswords(read: () => PasswordLoad): void } {
  let source = (): PasswordLoad => ({ running: 0, queued: 0, refused: 0 });
  const jobs = new Gauge({
    name: 'gatehouse_password_jobs', help: 'Passwords that are being hashed or judged (running), or hold or wait for a place (queued).',
    labelNames: ['state'], registers: [registry],
    collect() {
      const { running, queued } = source();
      jobs.set({ state: 'running' }, running);
      jobs.set({ state: 'queued' }, queued);
    },
  });
  const refusals = new Counter({
    name: 'gatehouse_password_refusals_total', help: 'Passwords that found no place, since as many waited as may.', registers: [registry],
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
