import type { Request, RequestHandler, Response } from 'express';
import type { Access } from '../engine/access.ts';
import type { Caller } from '../engine/caller.ts';
import type { AccessClass } from '../engine/urls/registered-url.ts';
import { AppError } from '../errors/errors.ts';
import type { Gate, Verdict } from './gate.ts';
import type { Asked, RoutePasses } from './route-pass.ts';
import type { Refuse } from './refuse.ts';

export interface AuthenticatorDeps {
  readonly gate: Gate;
  readonly passes: RoutePasses;
  /** What a caller may do, for the handlers of this request. */
  readonly accessOf: (caller: Caller, request: Request) => Access;
  /** What every answer carries: request id, security headers, cross-origin headers. True: it has answered a preflight. */
  readonly prepare: (request: Request, response: Response) => boolean;
  readonly refuse: Refuse;
  /** Whether a request came by way of the app whose routes are known; by default every one does. */
  readonly isOfOwnApp?: (request: Request) => boolean;
  /** Told of every request that passes, by the access class of its URL, and of OPTIONS requests that are answered here. */
  readonly onAllowed?: (reason: AccessClass | 'options') => void;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the one place where Express lets its request be extended
  namespace Express {
    interface Request {
      /** Who is calling, as the gate found it, and what they may do; absent on simple URLs. */
      access?: Access;
    }
  }
}

/** For the log: the census sees one app alone, and not where another one mounts it. */
function belowPath(path: string): Error {
  return new Error(`The app of the gate is mounted at ${path}: serve it from the root, since it decides about whole URLs.`);
}

/**
 * Creates the single middleware that every request must pass: mount it first, with `app.use(authenticator)`.
 *
 * It calls `next` only for what the gate lets through, after leaving the pass that the one route asks for.
 */
export function createAuthenticator(
  { gate, passes, accessOf, prepare, refuse, isOfOwnApp = () => true, onAllowed }: AuthenticatorDeps,
): RequestHandler {
  function act(request: Request, response: Response, verdict: Verdict, asked: Asked): boolean {
    if (verdict.kind === 'refused') refuse(request, response, verdict.error, verdict.caller);
    else if (verdict.kind === 'options') {
      onAllowed?.('options');
      response.setHeader('Allow', verdict.allow.join(', ')).status(204).end();
    } else {
      onAllowed?.(verdict.endpoint.access);
      passes.leave(request, verdict.endpoint, verdict.caller, asked);
      if (verdict.caller) request.access = accessOf(verdict.caller, request);
      return true;
    }
    return false;
  }

  return function authenticator(request, response, next) {
    if (prepare(request, response)) return;
    // Below a path Express cuts the target, and the gate would decide about another URL than the router.
    if (request.baseUrl !== '') {
      refuse(request, response, new AppError('route-mismatch', {}, belowPath(request.baseUrl)), null);
      return;
    }
    // Of another app nobody knows what it serves.
    if (!isOfOwnApp(request)) { refuse(request, response, new AppError('route-mismatch'), null); return; }
    const asked = { method: request.method, target: request.url };
    let verdict: ReturnType<Gate>;
    try {
      verdict = gate(request, asked.target);
    } catch (error) {
      // Not handed on: an error handler of the host could wave it through.
      refuse(request, response, error, null);
      return;
    }
    if (!(verdict instanceof Promise)) {
      if (act(request, response, verdict, asked)) next();
      return;
    }
    return verdict.then(
      (late) => {
        if (act(request, response, late, asked)) next();
      },
      (error: unknown) => refuse(request, response, error, null),
    );
  };
}
