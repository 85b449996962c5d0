import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { isMethod } from '../access/method.ts';
import type { Method } from '../access/method.ts';
import type { AppLayers, Route, ServedHandler, ServedRoute } from './express-layers.ts';

/** The checks of the pass that the gate left on a request. */
export interface GrantChecks {
  take(request: IncomingMessage, method: Method, ...urls: readonly string[]): void;
  takeWildcard(request: IncomingMessage): boolean;
}

export interface Arming {
  readonly grants: GrantChecks;
  /** Handlers that check the grant themselves. */
  readonly isMounted: (handler: unknown) => boolean;
  /** Handlers that only prepare a request and run for every grant. */
  readonly afterGate: readonly string[];
}

const armed = new WeakSet<object>();

/**
 * Puts the check of the grant in front of every route and handler behind the gate, once.
 *
 * A route runs only for the grant of its own URL and method; a handler of `app.use` only for a wildcard URL's, and
 * other requests walk past it.
 */
export function armRoutes(layers: AppLayers, arming: Arming): void {
  for (const served of layers.afterGate) {
    if (served.kind === 'route') armRoute(served, arming);
    else if (!arming.afterGate.includes(served.name)) armHandler(served, arming);
  }
}

function armRoute({ route, paths }: ServedRoute, { grants, isMounted }: Arming): void {
  if (armed.has(route) || route.stack.some((layer) => isMounted(layer.handle))) return;
  armed.add(route);
  putFirst(route, (request, _response, next) => {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    grants.take(request, isMethod(method) ? method : 'GET', ...paths);
    next();
  });
}

// Route.all is the one public way to add a handler for all methods; it also marks the route as serving all, which is undone.
function putFirst(route: Route, handler: RequestHandler): void {
  const servedAll = route.methods['_all'];
  route.all(handler);
  const added = route.stack.pop();
  if (added) route.stack.unshift(added);
  if (servedAll === undefined) delete route.methods['_all'];
}

function armHandler({ layer }: ServedHandler, { grants }: Arming): void {
  if (armed.has(layer)) return;
  armed.add(layer);
  const original = layer.handle;
  layer.handle = (request, response, next) => (grants.takeWildcard(request) ? original(request, response, next) : next());
}
