import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../engine/caller.ts';
import { AppError } from '../errors/errors.ts';
import { errorTable } from '../errors/table.ts';
import { clientIp } from '../http/request/client-ip.ts';
import { pathOf } from './front-door.ts';

/** A refused request, for the audit trail. */
export interface RefusedRequest {
  readonly code: AppError['code'];
  readonly caller: Caller | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
}

/** Collects the facts about a refused request that an audit record has. */
export function refusedRequest(
  request: IncomingMessage & { readonly originalUrl?: string }, code: AppError['code'], caller: Caller | null, requestId: string,
): RefusedRequest {
  return {
    code, caller, ip: clientIp(request), userAgent: request.headers['user-agent'] ?? null,
    requestId, method: request.method ?? '', url: pathOf(request.originalUrl ?? request.url ?? ''),
  };
}

export interface RefuseDeps {
  readonly sendProblem: (request: IncomingMessage, response: ServerResponse, error: unknown) => void;
  readonly requestId: (request: IncomingMessage) => string;
  readonly onRefused: (refusal: RefusedRequest) => void;
}

/** Answers a request with a problem and reports the refusal. */
export type Refuse = (request: IncomingMessage, response: ServerResponse, error: unknown, caller: Caller | null) => void;

/** Creates the function with which the gate and the upgrade gate refuse a request. */
export function createRefuse({ sendProblem, requestId, onRefused }: RefuseDeps): Refuse {
  return (request, response, error, caller) => {
    // A failure of the server is no refusal of the caller, so it is not recorded as one.
    if (error instanceof AppError && errorTable[error.code].status < 500) onRefused(
      refusedRequest(request, error.code, caller, requestId(request)),
    );
    sendProblem(request, response, error);
  };
}
