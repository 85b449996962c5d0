import { addUsers, ask, cases, purposes, shuffledCases, tellingSettings, untilMailed } from '../features/accounts/telling.ts';
import type { Case } from '../features/accounts/telling.ts';
import { proof } from '../support/proof.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';

// Whether an address is known, disabled or unverified must show in nothing: not in the answer, not in the processor time it
// costs, and, where it is tried so often that chance is small, not in the time it takes.

const tries = proof({ short: 30, ci: 30, full: 300 });
const warmUps = 40;
/**
 * How many times as much the dearest case may cost as the cheapest, by what a quarter of the tries does not exceed: what else
 * the process does only adds to it. And how many times as long the slowest may take as the fastest, by the medians of shares.
 */
const tolerance = { cost: 1.5, time: proof({ short: Infinity, ci: Infinity, full: 1.1 }) };
const compared = proof({ short: 'processor time', ci: 'processor time', full: 'processor time and the same time' });
const settings = tellingSettings(10);

/** The local database looks through all counters for each that it raises, and all orders for one to send: chance would grow with them. */
async function clearCounters({ stores }: TestGatehouse): Promise<void> {
  await stores.rateLimits.deleteMany({});
  await stores.outbox.deleteMany({ mail: { $exists: false } });
}

interface Tried {
  readonly kind: Case;
  /** The four cases of one number are tried one right after the other. */
  readonly index: number;
  readonly said: string;
  /** Processor time of this process, which is client and server, and how long it took, in ms. */
  readonly cost: number;
  readonly time: number;
}

async function attempt(server: TestGatehouse, purpose: typeof purposes[number], kind: Case, index: number): Promise<Tried> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const said = await ask(server, purpose, kind, index);
  const [{ user, system }, ended] = [process.cpuUsage(cpu), performance.now()];
  return { kind, index, said, cost: (user + system) / 1e3, time: ended - began };
}

function quantile(numbers: readonly number[], share: number): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length * share)] ?? NaN;
}

/** Something of each case that a share of the tries does not exceed. */
function quantiles(tried: readonly Tried[], share: number, of: (each: Tried) => number): number[] {
  return cases.map((kind) => quantile(tried.filter((each) => each.kind === kind).map(of), share));
}

const spreadOf = (figures: readonly number[]): number => Math.max(...figures) / Math.min(...figures);
const tell = (figures: readonly number[]): string => cases.map((kind, index) => `${kind} ${figures[index]?.toFixed(1) ?? ''}`).join(', ');

/** How long each try took, as a share of the four of its number: what slows down all of them for a while is left out. */
function shareOf(tried: readonly Tried[]): (each: Tried) => number {
  const sums = new Map<number, number>();
  for (const { index, time } of tried) sums.set(index, (sums.get(index) ?? 0) + time);
  return ({ index, time }) => time / (sums.get(index) ?? NaN);
}

describe('an address', () => {
  it.each(purposes)(`%s, known, unknown, disabled or unverified, is answered the same and takes the same ${compared}`, async (purpose) => {
    const server = await startGatehouse({ settings });
    await addUsers(server, settings, tries);
    for (let warmUp = 1; warmUp <= warmUps; warmUp += 1) await ask(server, purpose, 'unknown', -warmUp);
    const tried: Tried[] = [];
    for (let index = 0; index < tries; index += 1) {
      // The mails of four are made together, 250 ms after the first was ordered.
      await untilMailed(server);
      await clearCounters(server);
      for (const kind of shuffledCases()) tried.push(await attempt(server, purpose, kind, index));
    }
    await server.close();
    const costs = quantiles(tried, 0.25, ({ cost }) => cost);
    const [costSpread, timeSpread] = [spreadOf(costs), spreadOf(quantiles(tried, 0.5, shareOf(tried)))];
    console.log([
      `${purpose}, ${tries} interleaved tries of each, in ms`,
      `lower quartiles of processor time ${tell(costs)}, ${costSpread.toFixed(3)} times`,
      `medians of time ${tell(quantiles(tried, 0.5, ({ time }) => time))}; of their shares, ${timeSpread.toFixed(3)} times`,
    ].join('; '));
    expect(tried).toHaveLength(tries * cases.length);
    expect(new Set(tried.map(({ said }) => said)).size).toBe(1);
    expect(costSpread).toBeLessThan(tolerance.cost);
    expect(timeSpread).toBeLessThan(tolerance.time);
  }, 900_000);
});
