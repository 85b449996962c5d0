import { quantile } from '../load.ts';
import type { Member } from './population.ts';

/** What a server of this benchmark tells once it serves. */
export interface Populated {
  readonly origin: string;
  /** One of each tenant. */
  readonly members: readonly Member[];
  /** Theirs. */
  readonly tokens: readonly string[];
}

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

/** Sends one request after the other for so many seconds, each for another tenant; rejects if any is not served. */
export async function measureKind(kind: Kind, { origin, members, tokens }: Populated, seconds: number): Promise<Latencies> {
  const times: number[] = [];
  const began = performance.now();
  for (let next = Math.floor(Math.random() * members.length); times.length === 0 || performance.now() - began < seconds * 1_000; next += 1) {
    const sentAt = performance.now();
    const response = await send(kind, origin, members[next % members.length], tokens[next % tokens.length]);
    const body = await response.text();
    times.push(performance.now() - sentAt);
    if (response.status !== 200) throw new Error(`${kind} answered ${response.status}: ${body}`);
  }
  const sorted = Float64Array.from(times).sort();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), requests: times.length };
}

function send(kind: Kind, origin: string, member: Member | undefined, token: string | undefined): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', ...(kind !== 'login' && { Authorization: `Bearer ${token ?? ''}` }) };
  switch (kind) {
    case 'login': return fetch(`${origin}/users/login`, { method: 'POST', headers, body: JSON.stringify(member) });
    case 'gate': return fetch(`${origin}/profile/me`, { headers });
    case 'check': return fetch(`${origin}/permissions/check`, { method: 'POST', headers, body: JSON.stringify({ checks }) });
  }
}
