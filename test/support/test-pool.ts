import { createHmac } from 'node:crypto';
import bcrypt from 'bcryptjs';
import type { PasswordPool } from '../../src/platform/passwords/password.pool.ts';
import { createPasswordQueue } from '../../src/platform/passwords/password.queue.ts';
import type { BcryptTask } from '../../src/platform/passwords/password.worker.ts';
import type { Settings } from '../../src/settings/load-settings.ts';
import { sharedPool } from './shared-pool.ts';

/** The password of every user who needs no other. */
export const standardPassword = 'a long enough password';

/** What the shared pool says of it for anybody whose names are no part of it: test-pool.test.ts compares. */
const strong = { isStrong: true, advice: [] };

const cheapestCost = '$2b$04$';

/**
 * Makes the password pool of one server, with a queue of its own.
 *
 * It knows how strong the standard password is, and hashes it on this thread where that costs least, in some 2 ms. All else
 * is done by the threads of the shared pool.
 */
export function createTestPool({ key }: Settings['pepper']): PasswordPool {
  const queue = createPasswordQueue({ atOnce: 1, maxWaiting: 1_024 });
  // As the password service makes it. Of any other digest, the threads take care.
  const standardDigest = createHmac('sha256', key).update(standardPassword).digest('base64');

  const hold: PasswordPool['hold'] = (source, work) => queue.hold(source, ({ during }) => work((task) => (
    isCheap(task, standardDigest) ? bcrypt.hash(task.digest, task.salt) : during(() => sharedPool.run(task)))));

  return {
    hold,
    run: (task, source) => hold(source, (run) => run(task)),
    rate: (task, source) => queue.hold(source, ({ during }) => (
      isStandard(task) ? Promise.resolve(strong) : during(() => sharedPool.rate(task)))),
    load: queue.load,
    close() {
      queue.close();
      return Promise.resolve();
    },
  };
}

function isCheap({ digest, salt }: BcryptTask, standardDigest: string): boolean {
  return digest === standardDigest && salt.startsWith(cheapestCost);
}

/** Whether this is the standard password, and no word of these names is a part of it: such a word may make it weak. */
function isStandard({ password, about }: { readonly password: string; readonly about: readonly string[] }): boolean {
  const words = about.flatMap((name) => name.toLowerCase().split(/[^\p{L}]+/u));
  return password === standardPassword && !words.some((word) => word.length > 1 && password.includes(word));
}
