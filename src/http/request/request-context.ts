import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '../../engine/urls/url-registry.ts';

/** The id and the start of a request, for log lines, audit records and responses. */
export interface RequestContext {
  readonly requestId: string;
  /** Milliseconds of the monotonic clock (`performance.now()`). */
  readonly startedAt: number;
  /** The requested endpoint; null until the gate has found it, and if it is not registered. */
  endpoint: Endpoint | null;
}

const context = Symbol('request context');

/** A property, because a WeakMap costs each request several times as much. No decision depends on it. */
interface Known extends IncomingMessage {
  [context]: RequestContext | undefined;
}

/** The id and the start time of a request. The first call for a request creates them. */
export function requestContext(request: IncomingMessage): RequestContext {
  return (request as Known)[context] ??= { requestId: idOf(request), startedAt: performance.now(), endpoint: null };
}

/**
 * Gives a request its id and sets the `X-Request-Id` header of the response.
 *
 * An id from the caller or a proxy is kept if it has 8 to 64 letters, digits, `_` and `-`. May be called again.
 */
export function beginRequest(request: IncomingMessage, response: ServerResponse): RequestContext {
  const known = requestContext(request);
  if (!response.headersSent) response.setHeader('X-Request-Id', known.requestId);
  return known;
}

/** Unique for each process, so that no two requests of any nodes have the same id. */
const processPart = randomBytes(12).toString('base64url');
let requestsSeen = 0;

function newId(): string {
  requestsSeen += 1;
  return `${processPart}-${requestsSeen.toString(36)}`;
}

function idOf(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && /^[\w-]{8,64}$/.test(sent) ? sent : newId();
}
