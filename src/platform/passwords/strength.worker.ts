import { parentPort } from 'node:worker_threads';
import { rateStrength } from './password.strength.ts';
import type { Strength } from './password.strength.ts';

/** One estimate of the strength of a new password. */
export interface StrengthTask {
  readonly password: string;
  /** Names and addresses that the password must not consist of. */
  readonly about: readonly string[];
  /** Posted as a message when the estimate begins, so that the time to load the dictionaries does not count. */
  readonly number: number;
}

/** Estimates a password in a separate kind of thread, so that threads that hash load no dictionaries. */
export default function rate({ password, about, number }: StrengthTask): Strength {
  parentPort?.postMessage(number);
  return rateStrength(password, about);
}
