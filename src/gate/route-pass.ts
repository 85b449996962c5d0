import type { IncomingMessage } from 'node:http';
import type { Caller } from '../engine/caller.ts';
import type { Endpoint } from '../engine/urls/url-registry.ts';
import { parsePattern } from '../engine/urls/url-pattern.ts';
import { AppError } from '../errors/errors.ts';
import { pathOf } from './front-door.ts';

/** A request as a router hands it on. At a mount path, Express moves this path from `url` to `baseUrl`. */
export type RoutedRequest = Pick<IncomingMessage, 'method' | 'url'> & { readonly baseUrl?: string };

/** The method and the target that the gate decided about. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly target: string;
}

/** The passes that the gate leaves on requests. A pass is valid for one route, and only once. */
export interface RoutePasses {
  /** Leaves a pass. `asked` is what the gate decided about; by default the method and the target that the request has now. */
  leave(request: RoutedRequest, endpoint: Endpoint, caller: Caller | null, asked?: Asked): void;
  /** The method, target and endpoint that the gate decided about, even if the pass is used or the request was changed. */
  decidedOf(request: RoutedRequest): (Asked & Pick<Pass, 'endpoint'>) | undefined;
  /**
   * Uses the pass for one route, on one of its paths, and answers the caller (null on a simple URL).
   *
   * Throws `route-mismatch` unless there is an unused pass for exactly this route, and the request still has the method and the
   * path that the gate decided about.
   */
  take(request: RoutedRequest, method: string, ...urls: readonly string[]): Caller | null;
  /** Whether there is an unused pass for a URL whose shape is none of these. Does not use the pass. */
  isForOthers(request: RoutedRequest, shapes: ReadonlySet<string>): boolean;
  /**
   * Whether a handler without its own route may see the request: the pass must be for a wildcard or an external URL.
   *
   * Does not use the pass, so that the next handler can see the request too. Throws `route-mismatch` if the method or the path of
   * the request was changed.
   */
  admitsHandler(request: RoutedRequest): boolean;
}

interface Pass extends Asked {
  readonly endpoint: Endpoint;
  readonly caller: Caller | null;
  readonly path: string;
  isUsed: boolean;
}

/**
 * Creates the store of passes, in which no middleware can forge or copy one.
 *
 * It makes a disagreement between gate and router harmless: a handler that the gate did not decide about finds no pass, and
 * the answer is 500 instead. A pass is valid for the path and the method that the gate saw. If a handler rewrites either of them
 * behind the gate, no route runs.
 */
export function createRoutePasses(): RoutePasses {
  const passes = createPassKeeper();
  const shapes = new Map<string, string>();

  const unusedPass = (request: RoutedRequest) => {
    const pass = passes.get(request);
    return pass?.isUsed === false ? pass : undefined;
  };

  const shapeOf = (url: string) => {
    const known = shapes.get(url);
    if (known !== undefined) return known;
    const { shape } = parsePattern(url);
    shapes.set(url, shape);
    return shape;
  };

  return {
    leave(request, endpoint, caller, { method, target } = { method: request.method ?? '', target: targetNow(request) }) {
      passes.put(request, { endpoint, caller, method, target, path: pathIn(target), isUsed: false });
    },
    decidedOf: (request) => passes.get(request),
    take(request, method, ...urls) {
      const pass = unusedPass(request);
      if (pass) pass.isUsed = true;
      const isOfRoute = pass && isFor(pass, request, method) && urls.some((url) => pass.endpoint.shape === shapeOf(url));
      if (!isOfRoute) throw new AppError('route-mismatch');
      return pass.caller;
    },
    isForOthers(request, shapes) {
      const pass = unusedPass(request);
      return pass !== undefined && !shapes.has(pass.endpoint.shape);
    },
    admitsHandler(request) {
      const pass = unusedPass(request);
      if (pass?.endpoint.isForHandlers !== true) return false;
      if (!isFor(pass, request, request.method ?? '')) throw new AppError('route-mismatch');
      return true;
    },
  };
}

/** A constructor that returns an existing object, so that a subclass can add its private fields to that object. */
const Extended = function (this: unknown, object: RoutedRequest) {
  return object;
} as unknown as new (object: RoutedRequest) => object; // TypeScript has no type for a function that is used as a constructor

/** Keeps a pass in a private field of its request. Nobody else can read or set it. A WeakMap would take five times as long. */
function createPassKeeper() {
  return class PassKeeper extends Extended {
    #pass: Pass | undefined;

    static put(request: RoutedRequest, pass: Pass): void {
      const keeper = #pass in request ? request : new PassKeeper(request); // the request, now with the field
      keeper.#pass = pass;
    }

    static get(request: RoutedRequest): Pass | undefined {
      return #pass in request ? request.#pass : undefined;
    }
  };
}

function isFor({ endpoint, path }: Pass, request: RoutedRequest, method: string): boolean {
  return endpoint.method === (method === 'HEAD' ? 'GET' : method) && path === pathIn(targetNow(request));
}

/** The target that a request has at this moment. */
function targetNow({ baseUrl = '', url = '' }: RoutedRequest): string {
  return baseUrl + url;
}

/** The path of a target without its last slash, because a router adds or drops that slash at a mount path. */
function pathIn(target: string): string {
  const path = pathOf(target);
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
