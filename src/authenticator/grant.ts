import type { IncomingMessage } from 'node:http';
import type { Caller } from '../access/caller.ts';
import type { Method } from '../access/method.ts';
import type { Endpoint } from '../access/url-registry.ts';
import { parsePattern } from '../access/url-pattern.ts';
import { AppError } from '../errors.ts';

/** The passes that the gate leaves on requests: each good for one route, once. */
export interface GrantBook {
  leave(request: IncomingMessage, endpoint: Endpoint, caller: Caller | null): void;
  /**
   * Takes the pass for one route, on one of its paths, and says who is calling (null: nobody, on a simple URL).
   *
   * Throws `grant-mismatch` unless there is an unused pass for exactly this route.
   */
  take(request: IncomingMessage, method: Method, ...urls: readonly string[]): Caller | null;
  /** Takes the pass if it is for a wildcard URL; answers false and leaves it if it is for something else. */
  takeWildcard(request: IncomingMessage): boolean;
}

/**
 * Keeps the passes beside the requests, where no middleware can forge or copy one.
 *
 * This is what makes a disagreement between gate and router harmless: a handler that the gate did not decide about
 * finds no pass, and answers 500 instead of running.
 */
export function createGrantBook(): GrantBook {
  const passes = new WeakMap<IncomingMessage, { readonly endpoint: Endpoint; readonly caller: Caller | null }>();
  const shapes = new Map<string, string>();

  const shapeOf = (url: string) => {
    const known = shapes.get(url);
    if (known !== undefined) return known;
    const { shape } = parsePattern(url);
    shapes.set(url, shape);
    return shape;
  };

  return {
    leave: (request, endpoint, caller) => void passes.set(request, { endpoint, caller }),
    take(request, method, ...urls) {
      const pass = passes.get(request);
      passes.delete(request);
      if (pass?.endpoint.method !== method || !urls.some((url) => pass.endpoint.shape === shapeOf(url))) throw new AppError('grant-mismatch');
      return pass.caller;
    },
    takeWildcard(request) {
      if (!passes.get(request)?.endpoint.isWildcard) return false;
      passes.delete(request);
      return true;
    },
  };
}
