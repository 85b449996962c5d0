import { median, quantile, rounded } from '../figures.ts';
import type { Figures } from '../figures.ts';
import type { Decider } from './contestants.ts';
import type { BenchRequest } from './policies.ts';

/** One measurement; p50 and p99 are microseconds for one decision, some 0.05 of which the clock takes. */
export interface DecideFigures extends Figures {
  /** How many decisions were timed one by one. */
  readonly decisions: number;
}

const mostTimed = 50_000;

/** Asks for one decision after the other: for half of the time each decision is timed, for the other half all together. */
export function measureSlice(decide: Decider, requests: readonly BenchRequest[], seconds: number): DecideFigures {
  const half = BigInt(Math.round(seconds * 5e8));
  const times = new Float64Array(mostTimed);
  let next = Math.floor(Math.random() * requests.length);
  const request = (): BenchRequest => requests[next++ % requests.length] ?? { path: '/', url: '/' };
  let count = 0;
  for (let began = process.hrtime.bigint(), now = began; count === 0 || (now - began < half && count < mostTimed); count += 1) {
    const asked = request();
    const before = process.hrtime.bigint();
    decide(asked);
    now = process.hrtime.bigint();
    times[count] = Number(now - before) / 1e3;
  }
  const sorted = times.subarray(0, count).sort();
  const [p50, p99] = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
  // The clock is read after every 100 decisions, and after each decision of a slow contestant.
  const batch = p50 > 1_000 ? 1 : 100;
  let together = 0;
  let elapsed = 0n;
  for (const began = process.hrtime.bigint(); elapsed < half; elapsed = process.hrtime.bigint() - began) {
    for (let each = 0; each < batch; each += 1) decide(request());
    together += batch;
  }
  return { p50, p99, perSecond: together / (Number(elapsed) / 1e9), decisions: count };
}

/** The medians of some rounds. */
export function overRounds(rounds: readonly DecideFigures[]): DecideFigures {
  const middle = (pick: (each: DecideFigures) => number) => median(rounds.map(pick));
  return {
    p50: rounded(middle(({ p50 }) => p50)), p99: rounded(middle(({ p99 }) => p99)),
    perSecond: Math.round(middle(({ perSecond }) => perSecond)), decisions: rounds.reduce((sum, { decisions }) => sum + decisions, 0),
  };
}

/** The median time of some runs, in ms, after three that do not count. */
export function medianTime(run: () => unknown, runs: number): number {
  const times: number[] = [];
  for (let index = -3; index < runs; index += 1) {
    const began = performance.now();
    run();
    if (index >= 0) times.push(performance.now() - began);
  }
  return rounded(median(times));
}
