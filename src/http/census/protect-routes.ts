import type { Request, RequestHandler, Response } from 'express';
import type { Caller } from '../../engine/caller.ts';
import { sendProblem } from '../response/error-handler.ts';
import type { ErrorLog } from '../response/error-handler.ts';
import { isNamedIn } from './inspect-app.ts';
import type { AppLayers, Layer, Route, RouterParts, ServedHandler } from './inspect-app.ts';

/** The checks of the pass that the gate left on a request. */
export interface PassChecks {
  take(request: Request, method: string, ...urls: readonly string[]): Caller | null;
  admitsHandler(request: Request): boolean;
}

export interface RouteProtection {
  readonly passes: PassChecks;
  /** Says who is calling once a body may have come in; by default nobody asks. Rejects where the gate would no longer let the request through. */
  readonly recheck?: (request: Request, caller: Caller | null) => unknown;
  /** Handlers that check the pass themselves. */
  readonly isMounted: (handler: unknown) => boolean;
  /** Handlers that only prepare a request and run for every pass. */
  readonly afterGate: readonly string[];
  readonly logger?: ErrorLog;
}

const protectedParts = new WeakSet<object>();

/**
 * Puts the check of the pass in front of every route and handler behind the gate, once, and closes the routers.
 *
 * A route runs only for the pass of its own URL and method; a handler of `app.use` only for that of a wildcard or
 * external URL, and other requests walk past it. A mismatch is answered at once: handed to `next`, an error handler
 * could wave it through. From then on, adding a route or a handler throws: nobody would have decided about it.
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
      // Express tries every route for HEAD; one that has nothing for it is not what the gate decided about.
      if (handles(route, request.method)) return unlessRefused(protection, request, response, ask, next);
      next();
    };
  }

  // Any handler of the route but the last may be one that waits for the body.
  for (let place = route.stack.length - 1; place > 0; place -= 1) putAt(route, place, check((request) => recheck?.(request, callerOf(request))));
  putAt(route, 0, check((request) => {
    const caller = passes.take(request, request.method, ...paths);
    return recheck?.(request, caller);
  }));
}

const callerOf = ({ access }: Request): Caller | null => access?.caller ?? null;

/** Goes on once what is asked is answered, at once where it is; answers the request with what it throws or rejects with. */
function unlessRefused({ logger }: RouteProtection, request: Request, response: Response, ask: (request: Request) => unknown, goOn: () => unknown): unknown {
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

// Route.all is the one public way to add a handler for all methods; it also marks the route as serving all, which is undone.
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

/** Keeps a router from being given more routes or handlers: adding one throws. */
export function closeRouter({ stack, params }: RouterParts): void {
  closeStack(stack);
  Object.freeze(params);
}

/** The same for what a router or a route tries in turn. */
export function closeStack(stack: readonly Layer[]): void {
  if (Object.isFrozen(stack)) return;
  const value = () => {
    throw new Error('The app is open: declare routes and handlers before gatehouse.init(app) or verifier.protect(app), which look at them.');
  };
  Object.defineProperty(stack, 'push', { value });
  Object.freeze(stack);
}
