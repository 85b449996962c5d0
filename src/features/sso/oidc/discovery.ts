import type { CheckedStep, Mismatch } from '../checks.ts';
import { describeFailure } from './describe-failure.ts';
import { readMetadata } from './provider-metadata.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import { createRevisionCache } from '../revision-cache.ts';
import type { RevisionKey } from '../revision-cache.ts';

/** The one way to addresses that tenants write. It rejects for an address that is not allowed, and does not follow redirects. */
export type OutboundFetch = (url: string, request?: {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestInit['body'] | undefined;
  readonly signal?: AbortSignal | undefined;
}) => Promise<Response>;

export interface DiscoveryDeps {
  readonly fetch: OutboundFetch;
  /** ms since 1970 */
  readonly clock: () => number;
  /** Whether addresses may be http: never in production. */
  readonly allowsHttp: boolean;
}

export type Discovered =
  | { readonly ok: true; readonly metadata: ProviderMetadata }
  | { readonly ok: false; readonly step: CheckedStep };

export interface Discovery {
  /** What a provider says about itself. Never throws for what the provider does. */
  discover(key: RevisionKey, issuer: string): Promise<Discovered>;
  /** Drops what is kept about a provider that has changed. */
  forget(providerId: string): void;
}

/** How long a document is used without a question, in ms. */
const maxAge = 600_000;
/** How long it is used if the provider cannot be reached, in ms. */
const maxStaleAge = 24 * 3_600_000;
/** The pause after a failed try, in ms, so that no login of these waits for a provider that hangs. */
const pause = 6_000;

interface Kept {
  metadata: ProviderMetadata | null;
  fetchedAt: number;
  failedAt: number;
  failure: Mismatch;
  running: Promise<void> | null;
}

/**
 * Creates the reader of discovery documents. A document is kept for 10 minutes, and for a day while the provider is unreachable.
 *
 * A provider that answers with another issuer or without what it must say is not used, whatever it said before. Logins at the same
 * time share one fetch.
 */
export function createDiscovery({ fetch, clock, allowsHttp }: DiscoveryDeps): Discovery {
  const cache = createRevisionCache<Kept>();
  // If somebody sets the clock back, nothing is used for longer.
  const isWithin = (milliseconds: number, since: number): boolean => clock() >= since && clock() - since < milliseconds;

  async function refresh(kept: Kept, issuer: string): Promise<void> {
    const fetched = await fetchDocument(fetch, issuer).then((document) => ({ document }), (error: unknown) => ({ error }));
    if ('error' in fetched) {
      kept.failure = { expected: `the document of ${issuer}`, received: describeFailure(fetched.error) };
      kept.failedAt = clock();
      return;
    }
    const read = readMetadata(fetched.document, { issuer, allowsHttp });
    if ('metadata' in read) [kept.metadata, kept.fetchedAt, kept.failedAt] = [read.metadata, clock(), -Infinity];
    else [kept.metadata, kept.failure, kept.failedAt] = [null, read.mismatch, clock()];
  }

  return {
    async discover(key, issuer) {
      const kept = cache.of(key, () => ({
        metadata: null, fetchedAt: -Infinity, failedAt: -Infinity, failure: { expected: 'a discovery document' }, running: null,
      }));
      if ((!kept.metadata || !isWithin(maxAge, kept.fetchedAt)) && !isWithin(pause, kept.failedAt)) {
        kept.running ??= refresh(kept, issuer).finally(() => { kept.running = null; });
        await kept.running;
      }
      const { metadata, fetchedAt, failure } = kept;
      return metadata && isWithin(maxStaleAge, fetchedAt)
        ? { ok: true, metadata } : { ok: false, step: { step: 'discovery', ok: false, ...failure } };
    },
    forget: cache.forget,
  };
}

const timeout = 5_000;

/** Throws unless the provider answers with JSON. */
async function fetchDocument(fetch: OutboundFetch, issuer: string): Promise<unknown> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(timeout) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}.`);
  return JSON.parse(text) as unknown;
}
