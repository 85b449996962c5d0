import type { Request, RequestHandler, Response } from 'express';
import type { Caller } from '../../engine/caller.ts';
import { sendProblem } from '../response/error-handler.ts';
import type { ErrorLog } from '../response/error-handler.ts';
import { isNamedIn } from './inspect-app.ts';
import type { AppLayers, Layer, Route, RouterParts, ServedHandler } from './inspect-app.ts';

/** Checks of the route pass that the gate left on a request. */
export interface PassChecks {
  take(request: Request, method: string, ...urls: readonly string[]): Caller | null;
  admitsHandler(request: Request): boolean;
}

export interface RouteProtection {
  readonly passes: PassChecks;
  /** Checks the caller again, because a body may have been read in between. Rejects if the gate would now refuse. */
  readonly recheck?: (request: Request, caller: Caller | null) => unknown;
  /** Handlers that check the pass themselves. */
  readonly isMounted: (handler: unknown) => boolean;
  /** Handlers that only prepare a request and run for every pass. */
  readonly afterGate: readonly string[];
  readonly logger?: ErrorLog;
}

const protectedParts = new WeakSet<object>();

/**
 * Adds the check of the route pass to every route and handler behind the gate, once, and closes the routers.
 *
 * A route runs only for the pass of its own URL and method. A handler of `app.use` runs only for the pass of a wildcard or
 * external URL and is skipped for other requests. A mismatch is answered at once, because an error handler that gets it from `next`
 * could let the request through. Later, adding a route or a handler throws, because the gate would not know it.
 */
export function protectRoutes(layers: AppLayers, protection: RouteProtection): void {
  const pathsOfRoutes = new Map<Route, readonly string[]>();
  for (const served of layers.afterGate) {
    // A router may be mounted twice, and its routes then have several full paths.
    if (served.kind === 'route') pathsOfRoutes.set(served.route, [...(pathsOfRoutes.get(served.route) ?? []), ...served.paths]);
    else if (served.kind === 'handler' && !isNamedIn(protection.afterGate, served)) protectHandler(served, protection);
  }
  for (const [route, paths] of pathsOfRoutes) protectRoute(route, paths, protection);
  for (const router of layers.routers) closeRouter(router);
}

function protectRoute(route: Route, paths: readonly string[], protection: RouteProtection): void {
  const { passes, recheck, isMounted } = protection;
  if (protectedParts.has(route) || route.stack.every((layer) => isMounted(layer.handle))) return;
  protectedParts.add(route);

  function check(ask: (request: Request) => unknown): RequestHandler {
    return (request, response, next) => {
      // Express tries every route for HEAD. The gate did not decide about a route that does not serve it.
      if (handles(route, request.method)) return unlessRefused(protection, request, response, ask, next);
      next();
    };
  }

  // Each handler of the route except the last may wait for the body.
  for (let place = route.stack.length - 1; place > 0; place -= 1) {
    putAt(route, place, check((request) => recheck?.(request, callerOf(request))));
  }
  putAt(route, 0, check((request) => {
    const caller = passes.take(request, request.method, ...paths);
    return recheck?.(request, caller);
  }));
}

const callerOf = ({ access }: Request): Caller | null => access?.caller ?? null;

/** Calls `goOn` if `ask` passes, without delay if it is synchronous. Sends the error if it throws or rejects. */
function unlessRefused(
  { logger }: RouteProtection, request: Request, response: Response, ask: (request: Request) => unknown, goOn: () => unknown,
): unknown {
  try {
    const asked = ask(request);
    if (asked instanceof Promise) return asked.then(() => goOn(), (error: unknown) => sendProblem(request, response, error, logger));
  } catch (error) {
    sendProblem(request, response, error, logger);
    return undefined;
  }
  return goOn();
}

function handles({ methods }: Route, method: string): boolean {
  return Boolean(methods['_all'] || methods[method.toLowerCase()] || (method === 'HEAD' && methods['get']));
}

// Route.all is the only public way to add a handler for all methods. It also marks the route as serving all, which is undone.
function putAt(route: Route, place: number, handler: RequestHandler): void {
  const servedAll = route.methods['_all'];
  route.all(handler);
  const added = route.stack.pop();
  if (added) route.stack.splice(place, 0, added);
  if (servedAll === undefined) delete route.methods['_all'];
}

function protectHandler({ layer }: ServedHandler, protection: RouteProtection): void {
  if (protectedParts.has(layer)) return;
  protectedParts.add(layer);
  const original = layer.handle;
  layer.handle = (request, response, next) => {
    let isAdmitted = false;
    return unlessRefused(protection, request, response, () => {
      isAdmitted = protection.passes.admitsHandler(request);
      return isAdmitted ? protection.recheck?.(request, callerOf(request)) : undefined;
    }, () => (isAdmitted ? original(request, response, next) : next()));
  };
}

/** Closes a router: adding a route or a handler throws. */
export function closeRouter({ stack, params }: RouterParts): void {
  closeStack(stack);
  Object.freeze(params);
}

/** Closes the stack of a router or a route. */
export function closeStack(stack: readonly Layer[]): void {
  if (Object.isFrozen(stack)) return;
  const value = () => {
    throw new Error(
      'The app is already open: declare all routes and handlers before gatehouse.init(app) or verifier.protect(app).');
  };
  Object.defineProperty(stack, 'push', { value });
  Object.freeze(stack);
}
