import type { JsonWebKey } from 'node:crypto';
import { AppError } from '../errors/errors.ts';
import { parseStrictObject } from './strict-json.ts';

/** Fetches a key set. It must not follow redirects. */
export type FetchKeys = (
  url: URL, request: { readonly headers: Readonly<Record<string, string>>; readonly redirect: 'error'; readonly signal: AbortSignal },
) => Promise<Response>;

export interface RemoteKeysDeps<Key> {
  /** The URL of the key set (RFC 7517 section 5). */
  readonly url: URL;
  readonly fetch: FetchKeys;
  /** Imports a published key; undefined if it cannot be used. */
  readonly importKey: (jwk: JsonWebKey) => Key | undefined;
  /** ms since 1970. */
  readonly clock: () => number;
}

/** The public keys of another server. */
export interface RemoteKeys<Key> {
  /** Fetches the keys unless they were fetched in the last 10 minutes. Throws `keys-unreachable`. */
  freshen(): Promise<void>;
  /** Fetches the keys again if this one is unknown. Returns whether it is known now. Throws `keys-unreachable` if the fetch failed. */
  learn(kid: string): Promise<boolean>;
  /** Looks up a key among the last fetched ones. */
  verificationKey(kid: string): Key | undefined;
  /** The last fetched keys, also those without a kid. */
  all(): readonly Key[];
}

/** How long fetched keys are used, in ms. A server publishes a key for this time before the key signs. */
const maxAge = 600_000;
/** Maximum number of fetches in a minute. */
const maxTries = 10;
const minute = 60_000;
/** The pause after a failed fetch, in ms, so that a short outage does not use up the fetches of a minute. */
const pause = 6_000;
/** The time limit of a fetch, in ms. */
const timeout = 5_000;
const maxBytes = 65_536;

/**
 * Creates the cache of the keys that a server publishes. A key that is not published any more is forgotten with the cache. The remote
 * key set of jose is not used, because it fetches for every request while the server is away.
 *
 * Requests share one fetch. A server that answers without usable keys is treated as unreachable.
 */
export function createRemoteKeys<Key extends { readonly kid?: string }>(
  { url, fetch, importKey, clock }: RemoteKeysDeps<Key>,
): RemoteKeys<Key> {
  let keys: readonly Key[] = [];
  let byKid: ReadonlyMap<string, Key> = new Map();
  let fetchedAt = -Infinity;
  let tries: readonly number[] = [];
  let failure: { readonly cause: unknown } | null = null;
  let running: Promise<void> | null = null;

  // If somebody sets the clock back, a key must not be used for longer.
  const isWithin = (milliseconds: number, since: number): boolean => clock() >= since && clock() - since < milliseconds;
  const isFresh = (): boolean => isWithin(maxAge, fetchedAt);

  async function fetchNow(): Promise<void> {
    const now = clock();
    tries = [...tries.slice(1 - maxTries), now];
    try {
      keys = (await fetchKeySet(url, fetch)).flatMap((jwk) => importKey(jwk) ?? []);
      byKid = new Map(keys.flatMap((key) => (key.kid === undefined ? [] : [[key.kid, key]])));
      if (keys.length === 0) throw new Error(`${url.href} published no key that can be used.`);
      [fetchedAt, failure] = [now, null];
    } catch (cause) {
      failure = { cause };
    }
  }

  /** Fetches, or joins the running fetch, unless the limit of fetches is reached. */
  async function fetchIfAllowed(): Promise<void> {
    const isEnough = tries.filter((at) => isWithin(minute, at)).length >= maxTries
      || (failure !== null && isWithin(pause, tries.at(-1) ?? -Infinity));
    if (!running && isEnough) return;
    running ??= fetchNow().finally(() => { running = null; });
    await running;
  }

  return {
    async freshen() {
      if (isFresh()) return;
      await fetchIfAllowed();
      if (!isFresh()) throw new AppError('keys-unreachable', {}, failure?.cause);
    },
    async learn(kid) {
      if (byKid.has(kid)) return false;
      await fetchIfAllowed();
      if (byKid.has(kid)) return true;
      if (failure) throw new AppError('keys-unreachable', {}, failure.cause);
      return false;
    },
    verificationKey: (kid) => byKid.get(kid),
    all: () => keys,
  };
}

async function fetchKeySet(url: URL, fetch: FetchKeys): Promise<JsonWebKey[]> {
  const headers = { Accept: 'application/json', 'Cache-Control': 'no-cache' };
  const response = await fetch(url, { redirect: 'error', headers, signal: AbortSignal.timeout(timeout) });
  const body = await readBody(response);
  if (response.status !== 200) throw new Error(`${url.href} answered ${response.status}.`);
  const listed = parseStrictObject(body)?.['keys'];
  return Array.isArray(listed) ? listed.filter(isRecord) : [];
}

async function readBody(response: Response): Promise<Uint8Array> {
  const body: AsyncIterable<Uint8Array> | null = response.body;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`The key set is larger than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isRecord(value: unknown): value is JsonWebKey {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
