import autocannon from 'autocannon';
import type { Client } from 'autocannon';
import { sumUp } from './figures.ts';
import type { CountedFigures } from './figures.ts';
import type { LoadRequest } from './requests.ts';

export interface Load {
  /** All to one server. Each is sent by one of the connections, in turn; by all of them if there are fewer requests than connections. */
  readonly requests: readonly LoadRequest[];
  /** How long they are sent again and again; with `once`, each is sent once. */
  readonly seconds: number | 'once';
  readonly connections: number;
  /** The status of every answer; any 2xx by default. */
  readonly status?: number;
  /** Moves the requests on by this many connections, so that those of an earlier load reach other workers of a server. */
  readonly shift?: number;
}

/**
 * Sends requests over keep-alive connections, each as soon as the last was answered, and measures them.
 *
 * Latencies come from the single answers, because autocannon's own histogram counts in whole ms. Rejects if any answer
 * had another status: a fast refusal is no result, unless it is measured.
 */
export async function measureLoad({ requests, seconds, connections, shift = 0, status }: Load): Promise<CountedFigures> {
  const latencies: number[] = [];
  const wrong = new Set<number>();
  const url = requests[0]?.url ?? '';
  const shares = shareOut(requests, connections, shift);
  let next = 0;
  const startedAt = performance.now();
  let lastAt = startedAt;
  await new Promise<void>((resolve, reject) => {
    const setupClient = (client: Client): void => client.setRequests(shares[next++ % shares.length] ?? []);
    const length = seconds === 'once' ? { amount: shares.reduce((sum, share) => sum + share.length, 0) } : { duration: seconds };
    const instance = autocannon({ url, connections: shares.length, setupClient, timeout: 60, ...length }, (error, result) => {
      if (error instanceof Error) reject(error);
      else if (wrong.size + result.errors === 0) resolve();
      else reject(new Error(`${url}: some answers were ${[...wrong].join(', ')}, ${result.errors} requests failed.`));
    });
    instance.on('response', (_client, got, _bytes, milliseconds) => {
      if (status === undefined ? got >= 300 : got !== status) wrong.add(got);
      latencies.push(milliseconds);
      lastAt = performance.now();
    });
  });
  if (latencies.length === 0) throw new Error(`${url}: no answer within ${seconds} s.`);
  return sumUp(latencies, lastAt - startedAt);
}

/** The requests of each connection: every n-th request, or all of them if there are fewer requests than connections. */
function shareOut(requests: readonly LoadRequest[], connections: number, shift: number) {
  const sent = requests.map(({ url, ...request }) => ({ ...request, path: new URL(url).pathname }));
  if (sent.length < connections) return Array.from({ length: connections }, () => sent);
  return Array.from({ length: connections }, (_each, index) => sent.filter((_request, at) => (at + shift) % connections === index));
}
