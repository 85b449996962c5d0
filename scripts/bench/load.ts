import autocannon from 'autocannon';

/** One measurement; latencies in ms. */
export interface Figures {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Load {
  readonly url: string;
  readonly token: string;
  readonly seconds: number;
  readonly connections: number;
}

/**
 * Sends GETs over keep-alive connections, each as soon as the last was answered, and measures them.
 *
 * Latencies are taken from the single answers, because autocannon's own histogram knows whole ms only. Rejects if any
 * answer was not a 2xx: a fast refusal is no result.
 */
export async function measure({ url, token, seconds, connections }: Load): Promise<Figures> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  let lastAt = startedAt;
  await new Promise<void>((resolve, reject) => {
    const options = { url, connections, duration: seconds, headers: { Authorization: `Bearer ${token}` } };
    const instance = autocannon(options, (error: unknown, result) => {
      if (error instanceof Error) reject(error);
      else if (result.non2xx + result.errors === 0) resolve();
      else reject(new Error(`${url}: ${result.non2xx} answers were no 2xx, ${result.errors} requests failed.`));
    });
    instance.on('response', (_client, _status, _bytes, milliseconds) => {
      latencies.push(milliseconds);
      lastAt = performance.now();
    });
  });
  if (latencies.length === 0) throw new Error(`${url}: no answer within ${seconds} s.`);
  const sorted = Float64Array.from(latencies).sort();
  return {
    requestsPerSecond: Math.round(latencies.length / ((lastAt - startedAt) / 1_000)),
    p50: round(quantile(sorted, 0.5)),
    p99: round(quantile(sorted, 0.99)),
  };
}

/** The middle of some numbers; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

/** What a share of some sorted numbers does not exceed. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
