import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { describeError } from '../../errors/describe-error.ts';
import { AppError, retryAfterOf, toProblem } from '../../errors/errors.ts';
import { errorTable } from '../../errors/table.ts';
import type { ReachedLimit } from '../../errors/errors.ts';
import type { PageReply } from '../route/define-route.ts';
import { createErrorPage, prefersJson } from './error-page.ts';
import { findKnownFailure } from './known-failures.ts';
import { findMongooseFailure } from './mongoose-errors.ts';
import { basicChallenge, oauthStatusOf, printable, toOAuthError } from './oauth-error.ts';
import type { ErrorForm } from './oauth-error.ts';
import { beginRequest } from '../request/request-context.ts';

/** The part of a pino logger that logs failures. */
export interface ErrorLog {
  error(fields: { readonly err: unknown; readonly requestId?: string }, message: string): void;
}

/**
 * Sends an error as a problem (RFC 9457) with its status and headers, in the form `oauth` as an error of RFC 6749, or in the form `page`
 * as a page, unless the client accepts JSON.
 *
 * An unknown error is sent as `internal`. Errors with a status of 500 or more are logged. Never throws. If a response has
 * already begun, the connection is cut, so that the client does not accept a partial response.
 */
export function sendProblem(
  request: IncomingMessage, response: ServerResponse, error: unknown, logger?: ErrorLog, form: ErrorForm = 'problem',
): void {
  const { requestId } = beginRequest(request, response);
  const known = findKnownFailure(error) ?? new AppError('internal', {}, error);
  const isOAuth = form === 'oauth';
  const status = isOAuth ? oauthStatusOf(known.code) : errorTable[known.code].status;
  if (status >= 500) logger?.error({ err: describeError(thrown(error, known)), requestId }, `answered ${status} ${known.code}`);
  if (response.headersSent) {
    if (!response.writableEnded) request.socket.destroy();
    return;
  }
  for (const name of headersOfContent) response.removeHeader(name);
  for (const [name, value] of Object.entries(headersOf(known, form))) response.setHeader(name, value);
  const { body, type, headers = {} } = contentOf(request, known, form, requestId);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', type);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

interface ErrorContent extends Pick<PageReply, 'body' | 'headers'> {
  readonly type: string;
}

function contentOf({ headers }: IncomingMessage, error: AppError, form: ErrorForm, requestId: string): ErrorContent {
  if (form === 'oauth') return { body: JSON.stringify(toOAuthError(error).body), type: 'application/json' };
  const problem = toProblem(error, requestId);
  if (form === 'page' && !prefersJson(headers.accept)) return { ...createErrorPage(problem), type: 'text/html; charset=utf-8' };
  return { body: JSON.stringify(problem), type: 'application/problem+json' };
}

export interface ErrorHandlerOptions {
  /** Whether a CastError of Mongoose is answered 404, and a ValidationError 422. By default, both are answered 500. */
  readonly answerMongooseErrors?: boolean | undefined;
}

/**
 * Creates the error middleware for an app: the last `app.use`.
 *
 * Errors of others with a 4xx status, such as those of `http-errors`, are passed on.
 */
export function createErrorHandler(logger?: ErrorLog, { answerMongooseErrors = false }: ErrorHandlerOptions = {}): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const fromMongoose = answerMongooseErrors ? findMongooseFailure(error) : undefined;
    if (!fromMongoose && !findKnownFailure(error) && isClientError(error)) next(error);
    else sendProblem(request, response, fromMongoose ?? error, logger);
  };
}

/** Headers that a handler may have set for the response that is not sent. */
const headersOfContent = ['Content-Encoding', 'Content-Language', 'Content-Range', 'Content-Disposition', 'ETag', 'Last-Modified'];

function headersOf(error: AppError, form: ErrorForm): Record<string, string> {
  const { code, extras } = error;
  const retryAfter = retryAfterOf(error);
  return {
    ...(errorTable[code].status === 401 && { 'WWW-Authenticate': form === 'oauth' ? basicChallenge : challengeOf(error) }),
    ...(extras.allow && { Allow: extras.allow.join(', ') }),
    ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    ...(extras.limit && rateLimitHeaders(extras.limit)),
  };
}

// draft-ietf-httpapi-ratelimit-headers-10 sections 3 and 4. The name is a string of RFC 9651; ours have no quotes.
function rateLimitHeaders({ policy, quota, windowSeconds, waitSeconds }: ReachedLimit): Record<string, string> {
  return { 'RateLimit-Policy': `"${policy}";q=${quota};w=${windowSeconds}`, 'RateLimit': `"${policy}";r=0;t=${waitSeconds}` };
}

// RFC 6750 section 3: no error if no token was sent, or else a description, which may contain neither " nor \.
function challengeOf({ code, extras: { login } }: AppError): string {
  if (code === 'recent-login-required') return `Bearer error="insufficient_user_authentication"${loginParameters(login)}`; // RFC 9470
  const challenge = 'Bearer realm="gatehouse"';
  if (code === 'token-missing' || code === 'invalid-credentials') return challenge;
  return `${challenge}, error="invalid_token", error_description="${printable(errorTable[code].detail)}"`;
}

function loginParameters(login: AppError['extras']['login']): string {
  return login ? `, acr_values="${login.level}", max_age=${login.seconds}` : '';
}

function isClientError(error: unknown): boolean {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}

/** The error to log. If a handler threw `internal` with a cause, it is the cause, because readers of the log look for its message. */
function thrown(error: unknown, known: AppError): unknown {
  return known === error && known.code === 'internal' ? known.cause ?? known : error;
}
