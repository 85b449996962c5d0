import type { Request, RequestHandler, Response } from 'express';
import type { Caller } from '../access/caller.ts';
import { AppError, errorTable } from '../errors.ts';
import { pathOf } from './front-door.ts';
import type { Gate, Verdict } from './gate.ts';
import type { GrantBook } from './grant.ts';

/** A request that was turned away, for the record. */
export interface RefusedRequest {
  readonly code: AppError['code'];
  readonly caller: Caller | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
}

export interface AuthenticatorDeps {
  readonly gate: Gate;
  readonly grants: GrantBook;
  /** What every answer carries: request id, security headers, cross-origin headers. True: it has answered a preflight. */
  readonly prepare: (request: Request, response: Response) => boolean;
  readonly sendProblem: (request: Request, response: Response, error: unknown) => void;
  readonly requestId: (request: Request) => string;
  readonly onRefused: (refusal: RefusedRequest) => void;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the one place where Express lets its request be extended
  namespace Express {
    interface Request {
      /** Who is calling, as the gate found it; absent on simple URLs. */
      access?: { readonly caller: Caller };
    }
  }
}

/**
 * Makes the single middleware that every request must pass: mount it first, with `app.use(authenticator)`.
 *
 * It calls `next` only for what the gate lets through, after leaving the pass that the one route asks for.
 */
export function createAuthenticator({ gate, grants, prepare, sendProblem, requestId, onRefused }: AuthenticatorDeps): RequestHandler {
  function refuse(request: Request, response: Response, error: AppError, caller: Caller | null): void {
    const { remoteAddress } = request.socket;
    // What the server cannot do now is no refusal of the caller.
    if (errorTable[error.code].status < 500) {
      onRefused({
        code: error.code, caller, ip: remoteAddress ?? null, userAgent: request.headers['user-agent'] ?? null,
        requestId: requestId(request), method: request.method, url: pathOf(request.url),
      });
    }
    sendProblem(request, response, error);
  }

  function act(request: Request, response: Response, verdict: Verdict): boolean {
    if (verdict.kind === 'refused') refuse(request, response, verdict.error, verdict.caller);
    else if (verdict.kind === 'options') response.setHeader('Allow', verdict.allow.join(', ')).status(204).end();
    else {
      grants.leave(request, verdict.endpoint, verdict.caller);
      if (verdict.caller) request.access = { caller: verdict.caller };
      return true;
    }
    return false;
  }

  return function authenticator(request, response, next) {
    if (prepare(request, response)) return;
    // Below a path Express cuts the target, and the gate would decide about another URL than the router.
    if (request.baseUrl !== '') { sendProblem(request, response, new AppError('grant-mismatch')); return; }
    const verdict = gate(request, request.url);
    if (!(verdict instanceof Promise)) {
      if (act(request, response, verdict)) next();
      return;
    }
    return verdict.then(
      (late) => {
        if (act(request, response, late)) next();
      },
      (error: unknown) => sendProblem(request, response, error),
    );
  };
}
