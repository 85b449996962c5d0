import { randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { sumUp } from '../figures.ts';
import type { Figures } from '../figures.ts';

/** Measures bcrypt hashes of one core that does nothing else. Blocks this process meanwhile. */
export function measureHashing(cost: number, seconds: number): Figures {
  const digest = randomBytes(32).toString('base64'); // 44 characters, as the server hashes them
  const times: number[] = [];
  const began = performance.now();
  while (times.length === 0 || performance.now() - began < seconds * 1_000) {
    const hashedAt = performance.now();
    bcrypt.hashSync(digest, cost);
    times.push(performance.now() - hashedAt);
  }
  return sumUp(times, performance.now() - began);
}
