/** One measurement; latencies in ms. */
export interface Figures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** A measurement with the number of its answers. */
export interface CountedFigures extends Figures {
  readonly answers: number;
}

/** Medians of several rounds. */
export interface Summary extends Figures {
  /** Per second in the slowest and in the fastest round. */
  readonly spread: readonly [number, number];
}

/** Sums up latencies, in ms, that were measured within `elapsed` ms. */
export function sumUp(latencies: readonly number[], elapsed: number): CountedFigures {
  const sorted = Float64Array.from(latencies).sort();
  const perSecond = latencies.length / (elapsed / 1_000);
  return {
    answers: latencies.length,
    perSecond: perSecond < 100 ? rounded(perSecond) : Math.round(perSecond),
    p50: rounded(quantile(sorted, 0.5)), p99: rounded(quantile(sorted, 0.99)),
  };
}

export function overRounds(rounds: readonly Figures[]): Summary {
  return {
    ...rateOf(rounds.map(({ perSecond }) => perSecond)),
    p50: rounded(median(rounds.map(({ p50 }) => p50))), p99: rounded(median(rounds.map(({ p99 }) => p99))),
  };
}

export function rateOf(rates: readonly number[]): Pick<Summary, 'perSecond' | 'spread'> {
  return { perSecond: rounded(median(rates)), spread: [rounded(Math.min(...rates)), rounded(Math.max(...rates))] };
}

/** The middle of some numbers; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

/** The value that a share of some sorted numbers does not exceed; `share` is from 0 to 1. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Rounds to two decimals. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
