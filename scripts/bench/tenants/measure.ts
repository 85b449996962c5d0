import { timeInTurn } from '../clients.ts';
import { quantile } from '../figures.ts';
import { bearer, jsonRequest } from '../requests.ts';
import type { LoadRequest } from '../requests.ts';
import type { Member } from './population.ts';

/** What is compared. */
export const kinds = ['login', 'gate', 'check'] as const;
export type Kind = (typeof kinds)[number];

/** Latencies in ms. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly requests: number;
}

const checks = Array.from({ length: 100 }, (_each, index) => ({ action: 'read', resource: `items/${index}` }));

/** The requests of one kind, one for each member. */
export function requestsOf(kind: Kind, origin: string, members: readonly Member[]): LoadRequest[] {
  switch (kind) {
    case 'login': return members.map(({ login }) => jsonRequest(`${origin}/users/login`, login));
    case 'gate': return members.map(({ token }) => ({ url: `${origin}/profile/me`, headers: bearer(token) }));
    case 'check': return members.map(({ token }) => jsonRequest(`${origin}/permissions/check`, { checks }, bearer(token)));
  }
}

/** Sends one request after the other for this time, from a random one on; rejects unless each is answered with 2xx. */
export async function measureLatencies(requests: readonly LoadRequest[], seconds: number): Promise<Latencies> {
  const times = await timeInTurn(requests, seconds, 0, Math.floor(Math.random() * requests.length));
  const sorted = Float64Array.from(times).sort();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), requests: times.length };
}
