import { randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';

/** The yardstick: bcrypt hashes per second of one core that does nothing else. It blocks this process meanwhile. */
export function measureHashing(cost: number, seconds: number): number {
  const digest = randomBytes(32).toString('base64'); // 44 characters, as the server hashes them
  const began = performance.now();
  let count = 0;
  while (count === 0 || performance.now() - began < seconds * 1_000) {
    bcrypt.hashSync(digest, cost);
    count += 1;
  }
  return count / ((performance.now() - began) / 1_000);
}
