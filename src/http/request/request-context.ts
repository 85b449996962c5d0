import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '../../engine/urls/url-registry.ts';

/** What a request is known by in every log line, audit record and answer. */
export interface RequestContext {
  readonly requestId: string;
  /** Milliseconds of the monotonic clock (`performance.now()`). */
  readonly startedAt: number;
  /** What the request is for; null until the gate has found it, and for what is not registered. */
  endpoint: Endpoint | null;
}

const context = Symbol('request context');

/** A property, because a WeakMap costs each request several times as much; nothing is decided by what it says. */
interface Known extends IncomingMessage {
  [context]: RequestContext | undefined;
}

/** The id of a request and when it started; made at the first call for this request. */
export function requestContext(request: IncomingMessage): RequestContext {
  return (request as Known)[context] ??= { requestId: idOf(request), startedAt: performance.now(), endpoint: null };
}

/**
 * Gives a request its id and says it in the `X-Request-Id` header of the answer.
 *
 * An id that the caller or a proxy sent is kept if it is 8 to 64 letters, digits, `_` and `-`. May be called again.
 */
export function beginRequest(request: IncomingMessage, response: ServerResponse): RequestContext {
  const known = requestContext(request);
  if (!response.headersSent) response.setHeader('X-Request-Id', known.requestId);
  return known;
}

function idOf(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && /^[\w-]{8,64}$/.test(sent) ? sent : randomUUID();
}
