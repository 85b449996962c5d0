import { Agent, fetch } from 'undici';
import type { RequestInit as UndiciRequestInit } from 'undici';
import { AppError } from '../../errors/errors.ts';
import { createAddressGuard } from './guarded-address.ts';
import type { AddressGuard, AddressGuardDeps, AddressRules } from './guarded-address.ts';

/** Why a request to an allowed address got no usable answer. */
export interface OutboundError extends Error {
  readonly name: 'OutboundError';
  readonly reason: 'timeout' | 'too-large' | 'redirect' | 'unreachable';
}

export interface GuardedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestInit['body'] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches from an address that a tenant chose. The answer has arrived as a whole; a redirect is an error and never followed.
 *
 * Throws `address-not-allowed`, and an OutboundError for an address that cannot be reached, an answer that takes too long, one that is
 * too large, and a redirect.
 */
export type GuardedFetch = (url: string | URL, request?: GuardedRequest) => Promise<Response>;

/** The one way to addresses that tenants choose, for one purpose. */
export interface Outbound {
  readonly fetch: GuardedFetch;
  /** For connections that do not speak HTTP. */
  readonly guard: AddressGuard;
  /** Ends the open connections. */
  close(): Promise<void>;
}

export interface OutboundDeps extends AddressGuardDeps {
  /** In production, http is never allowed. Otherwise it is allowed in listed networks. */
  readonly production: boolean;
  /** The time for a whole request, in ms. */
  readonly timeout?: number | undefined;
  /** The largest answer, after decompression. */
  readonly maxBytes?: number | undefined;
}

export const outboundLimits = { timeout: 5_000, maxBytes: 1_048_576 };

/** How many connections to one origin may be open, so that one that hangs does not take all sockets of the process. */
const maxConnections = 32;

/** Creates the way to the addresses of one purpose. */
export function createOutbound(
  { production, timeout = outboundLimits.timeout, maxBytes = outboundLimits.maxBytes, ...deps }: OutboundDeps,
): Outbound {
  const guard = createAddressGuard(deps);
  const agentFor = (rules: AddressRules) => new Agent({
    connect: { lookup: guard.lookup(rules), timeout }, connections: maxConnections,
    pipelining: 0, // no connection is kept: a request that cannot be repeated, such as that with a code, must not meet a closing one
  });
  const encrypted = { rules: { listedOnly: false }, agent: agentFor({ listedOnly: false }) };
  const plain = { rules: { listedOnly: true }, agent: agentFor({ listedOnly: true }) };

  function wayTo({ protocol, username, password, href }: URL): typeof encrypted {
    const isPlain = protocol === 'http:' && !production;
    if ((protocol === 'https:' || isPlain) && username === '' && password === '') return isPlain ? plain : encrypted;
    throw new AppError('address-not-allowed', {}, new Error(`${href} is not a plain https address.`));
  }

  return {
    guard,
    async fetch(address, { signal: given, ...request } = {}) {
      const url = new URL(address);
      const { rules, agent } = wayTo(url);
      // The agent looks up names alone. A name is resolved once, when the agent connects.
      if (isLiteral(url.hostname)) await guard.resolve(url.hostname, rules);
      const limit = AbortSignal.timeout(timeout);
      const signal = given ? AbortSignal.any([limit, given]) : limit;
      try {
        const init = { ...request, redirect: 'manual', signal, dispatcher: agent };
        const answer = await fetch(url, init as UndiciRequestInit); // the fields of a GuardedRequest, as undici names them
        if (answer.status >= 300 && answer.status < 400 && answer.headers.has('location')) {
          await answer.body?.cancel();
          throw outboundError('redirect', `${url.href} redirects, and redirects are not followed.`);
        }
        const body = await readAtMost(answer.body, maxBytes, url);
        const { status, statusText } = answer;
        return new Response(hasNoBody(status) ? null : body, { status, statusText, headers: [...answer.headers] });
      } catch (error) {
        throw toOutboundError(error, { url, isLate: limit.aborted, isAborted: given?.aborted ?? false });
      }
    },
    async close() {
      await Promise.all([encrypted.agent.destroy(), plain.agent.destroy()]);
    },
  };
}

/** Whether an error comes from a {@link GuardedFetch} that reached no usable answer. */
export function isOutboundError(error: unknown): error is OutboundError {
  return error instanceof Error && error.name === 'OutboundError' && 'reason' in error;
}

/** A URL has its IPv4 addresses in dotted form, in whatever way they were written, and its IPv6 addresses in brackets. */
function isLiteral(hostname: string): boolean {
  return hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
}

function hasNoBody(status: number): boolean {
  return [204, 205, 304].includes(status);
}

async function readAtMost(body: AsyncIterable<unknown> | null, most: number, url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) { // bodies consist of bytes
    size += chunk.length;
    if (size > most) throw outboundError('too-large', `The answer of ${url.href} is larger than ${most} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toOutboundError(
  error: unknown, { url, isLate, isAborted }: { readonly url: URL; readonly isLate: boolean; readonly isAborted: boolean },
): unknown {
  const refusal = causesOf(error).find((cause) => cause instanceof AppError);
  if (refusal) return new AppError('address-not-allowed', refusal.extras, refusal.cause);
  if (isOutboundError(error) || (isAborted && !isLate)) return error;
  if (isLate) return outboundError('timeout', `${url.href} took too long to answer.`, error);
  return outboundError('unreachable', `${url.href} cannot be reached.`, error);
}

function causesOf(error: unknown, depth = 0): unknown[] {
  const inner = error instanceof AggregateError ? error.errors as unknown[] : [];
  return error instanceof Error && depth < 5 ? [error, ...[error.cause, ...inner].flatMap((cause) => causesOf(cause, depth + 1))] : [];
}

function outboundError(reason: OutboundError['reason'], message: string, cause?: unknown): OutboundError {
  return Object.assign(new Error(message, cause === undefined ? {} : { cause }), { name: 'OutboundError' as const, reason });
}
