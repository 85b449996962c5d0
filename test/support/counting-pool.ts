import type { PasswordPool } from '../../src/platform/passwords/password.pool.ts';
import type { BcryptTask } from '../../src/platform/passwords/password.worker.ts';

/** The same pool, which calls `onHash` before each hash. */
export function countingPool(pool: PasswordPool, onHash: (task: BcryptTask) => void): PasswordPool {
  const hold: PasswordPool['hold'] = (source, work) => pool.hold(source, (run) => work((task) => {
    onHash(task);
    return run(task);
  }));
  return { ...pool, hold, run: (task, source) => hold(source, (run) => run(task)) };
}
