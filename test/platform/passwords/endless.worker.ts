import { parentPort } from 'node:worker_threads';
import type { Strength } from '../../../src/platform/passwords/password.strength.ts';
import type { StrengthTask } from '../../../src/platform/passwords/strength.worker.ts';

/** An estimate that never ends for the password "endless", and is done at once for any other. */
export default function rate({ password, number }: StrengthTask): Strength {
  parentPort?.postMessage(number);
  while (password === 'endless');
  return { isStrong: true, advice: [] };
}
