import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { AppError, errorTable, retryAfterOf, toProblem } from '../../errors/errors.ts';
import type { ReachedLimit } from '../../errors/errors.ts';
import { findKnownFailure } from './known-failures.ts';
import { basicChallenge, oauthStatusOf, printable, toOAuthError } from './oauth-error.ts';
import type { ErrorForm } from './oauth-error.ts';
import { beginRequest } from '../request/request-context.ts';

/** The part of a pino logger that failures are written to. */
export interface ErrorLog {
  error(fields: { readonly err: unknown; readonly requestId?: string }, message: string): void;
}

/**
 * Answers a request with the problem that an error is (RFC 9457), its status and the headers that go with it; in the
 * form `oauth` with an error of RFC 6749 instead.
 *
 * What nobody expected is an `internal` error; that and everything else from 500 on is logged. Never throws: where an
 * answer has begun already, the connection is cut, so that nobody takes a part for the whole.
 */
export function sendProblem(request: IncomingMessage, response: ServerResponse, error: unknown, logger?: ErrorLog, form: ErrorForm = 'problem'): void {
  const { requestId } = beginRequest(request, response);
  const known = findKnownFailure(error) ?? new AppError('internal', {}, error);
  const isOAuth = form === 'oauth';
  const status = isOAuth ? oauthStatusOf(known.code) : errorTable[known.code].status;
  if (status >= 500) logger?.error({ err: describe(thrown(error, known)), requestId }, `answered ${status} ${known.code}`);
  if (response.headersSent) {
    if (!response.writableEnded) request.socket.destroy();
    return;
  }
  for (const name of headersOfContent) response.removeHeader(name);
  for (const [name, value] of Object.entries(headersOf(known, form))) response.setHeader(name, value);
  const body = JSON.stringify(isOAuth ? toOAuthError(known).body : toProblem(known, requestId));
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', isOAuth ? 'application/json' : 'application/problem+json');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

/**
 * Makes the error middleware for an app: the last `app.use`.
 *
 * Errors that carry a 4xx status of their own, such as those of `http-errors`, and are none of Gatehouse's are handed on.
 */
export function createErrorHandler(logger?: ErrorLog): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (!findKnownFailure(error) && isClientError(error)) next(error);
    else sendProblem(request, response, error, logger);
  };
}

/** Headers that a handler may have set for the answer that is not given. */
const headersOfContent = ['Content-Encoding', 'Content-Language', 'Content-Range', 'Content-Disposition', 'ETag', 'Last-Modified'];

function headersOf(error: AppError, form: ErrorForm): Record<string, string> {
  const { code, extras } = error;
  const retryAfter = retryAfterOf(error);
  return {
    ...(errorTable[code].status === 401 && { 'WWW-Authenticate': form === 'oauth' ? basicChallenge : challengeOf(code) }),
    ...(extras.allow && { Allow: extras.allow.join(', ') }),
    ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    ...(extras.limit && rateLimitHeaders(extras.limit)),
  };
}

// draft-ietf-httpapi-ratelimit-headers-10 sections 3 and 4; the name is a string of RFC 9651, and ours have no quotes.
function rateLimitHeaders({ policy, quota, windowSeconds, waitSeconds }: ReachedLimit): Record<string, string> {
  return { 'RateLimit-Policy': `"${policy}";q=${quota};w=${windowSeconds}`, 'RateLimit': `"${policy}";r=0;t=${waitSeconds}` };
}

// RFC 6750 section 3: no error where no token was sent; elsewhere its description, which may hold neither " nor \.
function challengeOf(code: AppError['code']): string {
  const challenge = 'Bearer realm="gatehouse"';
  if (code === 'token-missing' || code === 'invalid-credentials') return challenge;
  return `${challenge}, error="invalid_token", error_description="${printable(errorTable[code].detail)}"`;
}

function isClientError(error: unknown): boolean {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}

/** What a handler threw, and not the answer that was made of it: readers of the log look for the message of the handler. */
function thrown(error: unknown, known: AppError): unknown {
  return known === error && known.code === 'internal' ? known.cause ?? known : error;
}

// Not the error itself: a database error may carry the document that could not be written, hashes included.
function describe(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack, cause } = error;
  return {
    type: name, message, stack,
    ...('code' in error && { code: error.code }),
    ...(cause !== undefined && depth < 5 && { cause: describe(cause, depth + 1) }),
  };
}
