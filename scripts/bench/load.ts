import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';

/** One measurement; latencies in ms. */
export interface Figures {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** One request of a load; a GET unless it says otherwise. */
export interface LoadRequest {
  readonly method?: 'GET' | 'POST';
  /** The whole address. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Load {
  /** All of one server. They are sent in turn, each by one of the connections if there are enough of them. */
  readonly requests: readonly LoadRequest[];
  /** How long they are sent over and over, or `once`: each is sent once by the connection that it falls to. */
  readonly seconds: number | 'once';
  readonly connections: number;
  /** By how many connections the requests are moved on: so those of an earlier load reach other workers of a server. */
  readonly shift?: number;
}

/** What requests of one session carry. */
export function bearer(token: string): { readonly Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

/**
 * Sends requests over keep-alive connections, each as soon as the last was answered, and measures them.
 *
 * Latencies are taken from the single answers, because autocannon's own histogram knows whole ms only. Rejects if any
 * answer was not a 2xx: a fast refusal is no result.
 */
export async function measure({ requests, seconds, connections, shift = 0 }: Load): Promise<Figures> {
  const latencies: number[] = [];
  const refused = new Set<number>();
  const url = requests[0]?.url ?? '';
  const shares = shareOut(requests, connections, shift);
  let next = 0;
  const startedAt = performance.now();
  let lastAt = startedAt;
  await new Promise<void>((resolve, reject) => {
    const setupClient = (client: autocannon.Client): void => client.setRequests(shares[next++ % shares.length] ?? []);
    const length = seconds === 'once' ? { amount: shares.reduce((sum, share) => sum + share.length, 0) } : { duration: seconds };
    const options = { url, connections: shares.length, setupClient, timeout: 60, ...length };
    const instance = autocannon(options, (error: unknown, result) => {
      if (error instanceof Error) reject(error);
      else if (result.non2xx + result.errors === 0) resolve();
      else reject(new Error(`${url}: ${result.non2xx} answers were no 2xx (${[...refused].join(', ')}), ${result.errors} requests failed.`));
    });
    instance.on('response', (_client, status, _bytes, milliseconds) => {
      if (status >= 300) refused.add(status);
      latencies.push(milliseconds);
      lastAt = performance.now();
    });
  });
  if (latencies.length === 0) throw new Error(`${url}: no answer within ${seconds} s.`);
  return sumUp(latencies, lastAt - startedAt);
}

/**
 * Has clients send their requests over and over, each once its last was answered and `pause` ms have passed, until the time is over.
 *
 * For what may take longer than that: whatever was sent is waited for, one of each client at least.
 */
export async function measureClients(clients: readonly (readonly LoadRequest[])[], seconds: number, pause = 0): Promise<Figures> {
  const began = performance.now();
  const times = await Promise.all(clients.map((requests) => timeInTurn(requests, began + seconds * 1_000, pause)));
  return sumUp(times.flat(), performance.now() - began);
}

async function timeInTurn(requests: readonly LoadRequest[], end: number, pause: number): Promise<number[]> {
  const times: number[] = [];
  for (let next = 0; times.length === 0 || performance.now() < end; next += 1) {
    const { url, ...request } = requests[next % requests.length] ?? { url: '' };
    const sentAt = performance.now();
    const response = await fetch(url, request);
    const body = await response.text();
    times.push(performance.now() - sentAt);
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body.slice(0, 500)}`);
    if (pause > 0) await sleep(pause);
  }
  return times;
}

/** The figures of some latencies within some milliseconds. */
function sumUp(latencies: readonly number[], elapsed: number): Figures {
  const sorted = Float64Array.from(latencies).sort();
  const perSecond = latencies.length / (elapsed / 1_000);
  return { requestsPerSecond: perSecond < 100 ? round(perSecond) : Math.round(perSecond), p50: round(quantile(sorted, 0.5)), p99: round(quantile(sorted, 0.99)) };
}

/** The requests of each connection: every so-manieth one, or all where there are not as many requests as connections. */
function shareOut(requests: readonly LoadRequest[], connections: number, shift: number) {
  const sent = requests.map(({ url, ...request }) => ({ ...request, path: new URL(url).pathname }));
  if (sent.length < connections) return Array.from({ length: connections }, () => sent);
  return Array.from({ length: connections }, (_each, index) => sent.filter((_request, at) => (at + shift) % connections === index));
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
