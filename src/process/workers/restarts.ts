import { exitCodes } from '../exit-codes.ts';

/** In ms. */
const delays = { first: 100, longest: 10_000 };

/** How long to wait before the next start after this number of failures in a row, in ms. */
export function restartDelay(failures: number): number {
  return Math.min(delays.longest, delays.first * 2 ** Math.min(failures - 1, 20));
}

/** Ends of a start that no further start would better. */
const final = new Set<number | null>([exitCodes.usage, exitCodes.portTaken, exitCodes.portForbidden, exitCodes.configuration]);

/** Says whether a start that ended so would end so again, until a person mends what is wrong. */
export function isFinal(code: number | null): boolean {
  return final.has(code);
}
