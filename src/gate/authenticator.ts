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
  /** Creates `request.access` for the handlers of this request. */
  readonly accessOf: (caller: Caller, request: Request) => Access;
  /** Sets the headers of every response: request id, security headers, cross-origin headers. True if it has answered a preflight. */
  readonly prepare: (request: Request, response: Response) => boolean;
  readonly refuse: Refuse;
  /** Whether a request came through the app whose routes are known; by default every request did. */
  readonly isOfOwnApp?: (request: Request) => boolean;
  /** Called for every request that passes, with the access class of its URL, and for OPTIONS requests that are answered here. */
  readonly onAllowed?: (reason: AccessClass | 'options') => void;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express offers no other way to extend the type of its request
  namespace Express {
    interface Request {
      /** The caller whom the gate identified, and what the caller may do. Absent on simple URLs. */
      access?: Access;
    }
  }
}

/** An error for the log. The census reads one app alone, and cannot see at which path another app mounts it. */
function belowPath(path: string): Error {
  return new Error(`The app of the gate is mounted at ${path}: serve it from the root, because the gate decides about whole URLs.`);
}

/**
 * Creates the single middleware that every request must pass: mount it first, with `app.use(authenticator)`.
 *
 * It calls `next` only for requests that the gate allows. Before that, it leaves the pass that the one allowed route needs.
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
    // At a mount path, Express shortens `request.url`, and the gate would decide about another URL than the router.
    if (request.baseUrl !== '') {
      refuse(request, response, new AppError('route-mismatch', {}, belowPath(request.baseUrl)), null);
      return;
    }
    // The census has not read the routes of another app.
    if (!isOfOwnApp(request)) { refuse(request, response, new AppError('route-mismatch'), null); return; }
    const asked = { method: request.method, target: request.url };
    let verdict: ReturnType<Gate>;
    try {
      verdict = gate(request, asked.target);
    } catch (error) {
      // Do not call next(error): an error handler of the host could let the request through.
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
