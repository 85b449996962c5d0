import { exitCodes } from '../exit-codes.ts';

/** In ms. */
const delays = { first: 100, longest: 10_000 };

/** How long to wait before the next start after this number of failures in a row, in ms. */
export function restartDelay(failures: number): number {
  return Math.min(delays.longest, delays.first * 2 ** Math.min(failures - 1, 20));
}

/** Exit codes after which another start would fail too. */
const final = new Set<number | null>([exitCodes.usage, exitCodes.portTaken, exitCodes.portForbidden, exitCodes.configuration]);

/** Says whether another start would fail too, until a person fixes the fault. */
export function isFinal(code: number | null): boolean {
  return final.has(code);
}
