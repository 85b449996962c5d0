import { parentPort } from 'node:worker_threads';
import { rateStrength } from './password.strength.ts';
import type { Strength } from './password.strength.ts';

/** One estimate of how hard a new password is to guess. */
export interface StrengthTask {
  readonly password: string;
  /** Names and addresses that the password may not be made of. */
  readonly about: readonly string[];
  /** Comes back as a message when the estimate begins: loading the dictionaries for the first one is not the password's fault. */
  readonly number: number;
}

/** Runs in a thread of its own kind, so that threads that hash load no dictionaries. */
export default function rate({ password, about, number }: StrengthTask): Strength {
  parentPort?.postMessage(number);
  return rateStrength(password, about);
}
