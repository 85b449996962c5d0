import type { ErrorEntry } from './error-entry.ts';
import { errorTable } from './table.ts';
import type { ErrorCode } from './table.ts';

/** One faulty field of a request. */
export interface FieldError {
  /** Its place: `body.rights[2]`. */
  readonly field: string;
  readonly message: string;
}

export interface ErrorExtras {
  readonly errors?: readonly FieldError[];
  /** The right, permission or role that a 403 is about, such as "POST /items", "read:projects/64f" or "role admin". */
  readonly required?: string;
  /** How many users hold the role of a `role-in-use`. */
  readonly users?: number;
  /** Which of several previewed calls was refused, from 0. */
  readonly call?: number;
  /** The id by which an administrator finds what happened, such as the one of a login transaction. */
  readonly reference?: string;
  /** Methods for the Allow header of a 405. */
  readonly allow?: readonly string[];
  /** The login that a `recent-login-required` asks for, for its challenge. */
  readonly login?: { readonly seconds: number; readonly level: number };
  /** The limit behind a `too-many-requests`, for its headers. */
  readonly limit?: ReachedLimit;
}

/** A limit that was reached. */
export interface ReachedLimit {
  readonly policy: string;
  readonly quota: number;
  readonly windowSeconds: number;
  /** Seconds until a request is accepted again, an integer of at least 1. */
  readonly waitSeconds: number;
}

/**
 * An error that is sent to the caller, by its code.
 *
 * `cause` is only logged. Example: `throw new AppError('role-not-found')`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly extras: ErrorExtras;

  constructor(code: ErrorCode, extras: ErrorExtras = {}, cause?: unknown) {
    super(errorTable[code].detail, withCause(cause));
    this.code = code;
    this.extras = extras;
  }
}

/** The body of every error: RFC 9457, plus the fields that clients of Nest, Fastify and Auth0 expect. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
  readonly required?: string;
  readonly users?: number;
  readonly call?: number;
  readonly reference?: string;
}

const reasonPhrases: Record<number, string> = {
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict',
  413: 'Content Too Large', 415: 'Unsupported Media Type', 422: 'Unprocessable Content', 429: 'Too Many Requests',
  500: 'Internal Server Error', 503: 'Service Unavailable',
};

/** Converts an error to the problem that is sent (RFC 9457 section 3). The cause is not sent. */
export function toProblem(error: AppError, requestId: string): Problem {
  const entry: ErrorEntry = errorTable[error.code];
  const phrase = reasonPhrases[entry.status] ?? 'Error';
  const { errors, required, users, call, reference } = error.extras;
  return {
    type: `urn:gatehouse:error:${error.code}`,
    title: phrase,
    status: entry.status,
    detail: entry.detail,
    statusCode: entry.status,
    error: phrase,
    message: entry.message ?? entry.detail,
    code: error.code,
    requestId,
    ...(errors && { errors }),
    ...(required !== undefined && { required }),
    ...(users !== undefined && { users }),
    ...(call !== undefined && { call }),
    ...(reference !== undefined && { reference }),
  };
}

/** Seconds after which the request can be repeated; undefined if a repetition would not help. */
export function retryAfterOf({ code, extras }: AppError): number | undefined {
  const entry: ErrorEntry = errorTable[code];
  return extras.limit?.waitSeconds ?? entry.retryAfter;
}

/** A fault that a person must fix before the server can start. Its message says what to fix, so the stack is not needed. */
export interface StartError extends Error {
  readonly name: 'StartError';
}

/** Creates the error for a fault in what a deployment declares or stores: config/, a wrong key, duplicates that prevent an index. */
export function startError(message: string, cause?: unknown): StartError {
  // Node prints the source line of an uncaught error unless that line contains these words. Setting `stack` would undo this.
  const error = new Error(message, withCause(cause)); // node-do-not-add-exception-line
  return Object.assign(error, { name: 'StartError' as const });
}

/** Without a cause, the options are empty, because Node would print an undefined cause. */
function withCause(cause: unknown): ErrorOptions {
  return cause === undefined ? {} : { cause };
}

/** Whether an error comes from {@link startError}. */
export function isStartError(error: unknown): error is StartError {
  return error instanceof Error && error.name === 'StartError';
}
