import type { IncomingMessage } from 'node:http';
import type { Caller } from '../engine/caller.ts';
import type { Endpoint } from '../engine/urls/url-registry.ts';
import { parsePattern } from '../engine/urls/url-pattern.ts';
import { AppError } from '../errors/errors.ts';
import { pathOf } from './front-door.ts';

/** A request as a router hands it on: what a mount path took off its `url` stands in `baseUrl`. */
export type RoutedRequest = Pick<IncomingMessage, 'method' | 'url'> & { readonly baseUrl?: string };

/** What the gate decided about, as the request said it then. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly target: string;
}

/** The passes that the gate leaves on requests: each good for one route, once. */
export interface RoutePasses {
  /** `asked` is what was decided about; by default what the request asks for now. */
  leave(request: RoutedRequest, endpoint: Endpoint, caller: Caller | null, asked?: Asked): void;
  /** What the gate decided about, whether or not the pass is used; whatever the request says by now. */
  decidedOf(request: RoutedRequest): (Asked & Pick<Pass, 'endpoint'>) | undefined;
  /**
   * Takes the pass for one route, on one of its paths, and says who is calling (null: nobody, on a simple URL).
   *
   * Throws `route-mismatch` unless there is an unused pass for exactly this route, and the request still asks for what
   * the gate decided about.
   */
  take(request: RoutedRequest, method: string, ...urls: readonly string[]): Caller | null;
  /** Whether the pass is for a URL of other shapes than these; leaves it where it is. */
  isForOthers(request: RoutedRequest, shapes: ReadonlySet<string>): boolean;
  /**
   * Whether a handler without a route of its own may see the request: its pass is for a wildcard or an external URL.
   *
   * Leaves the pass to the next handler in line. Throws `route-mismatch` if the request now asks for something else.
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
 * Keeps the passes beside the requests, where no middleware can forge or copy one.
 *
 * This is what makes a disagreement between gate and router harmless: a handler that the gate did not decide about
 * finds no pass, and answers 500 instead of running. A pass holds for the path and the method that the gate saw, so a
 * handler that rewrites either behind the gate reaches nothing.
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
      if (!pass || !isFor(pass, request, method) || !urls.some(
        (url) => pass.endpoint.shape === shapeOf(url),
      )) throw new AppError('route-mismatch');
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

/** A constructor that answers an object which is there already, so that a class may give it its private fields. */
const Extended = function (
  this: unknown, object: RoutedRequest,
) { return object; } as unknown as new (object: RoutedRequest) => object; // no type says this

/** Keeps a pass in a private field of its request, which nobody else can read or set, as a WeakMap would, at a fifth of the time. */
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

/** What a request asks for at this moment. */
function targetNow({ baseUrl = '', url = '' }: RoutedRequest): string {
  return baseUrl + url;
}

/** The whole path of a target; a router adds and drops the last slash at a mount path. */
function pathIn(target: string): string {
  const path = pathOf(target);
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
