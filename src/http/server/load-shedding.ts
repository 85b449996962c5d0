import type { RequestListener, ServerResponse } from 'node:http';
import { AppError } from '../../errors/errors.ts';
import { sendProblem } from '../response/error-handler.ts';
import { secureResponse } from '../response/secure-response.ts';

export interface LoadSheddingDeps {
  /** Maximum number of requests in progress. */
  readonly most: number;
  /** Serves the admitted requests. */
  readonly serve: RequestListener;
  /** Called for each refused request. */
  readonly onRefused?: () => void;
}

/** Counts the requests in progress and refuses those above the limit. */
export interface LoadShedding {
  readonly listener: RequestListener;
  /** From now on each response closes its connection, so that clients connect to another server. Requests in progress are included. */
  closeConnections(): void;
}

/** Health checks are always answered. If not, a supervisor would kill a busy process, and a load balancer would move its load. */
const healthUrl = /^\/(?:livez|readyz)(?:\?|$)/;

/**
 * Creates the load shedding: above `most` requests in progress, a request is answered `overloaded` before anything else is done.
 *
 * A request is in progress from its complete arrival to its response. A request whose body is incomplete does not count, because
 * slow clients could then block all others. `/livez` and `/readyz` are always admitted.
 */
export function createLoadShedding({ most, serve, onRefused }: LoadSheddingDeps): LoadShedding {
  const begun = new Set<ServerResponse>();
  let isClosing = false;

  /** Counts the complete requests only if enough requests have begun. */
  function isFull(): boolean {
    if (begun.size < most) return false;
    let complete = 0;
    for (const response of begun) {
      const { req: request } = response;
      // When a connection ends, Node emits `close` on its current response, but not on those pipelined behind it.
      if (request.socket.destroyed) begun.delete(response);
      else if (request.complete) complete += 1;
    }
    return complete >= most;
  }

  return {
    listener(request, response) {
      if (isClosing) response.setHeader('Connection', 'close');
      if (isFull() && !healthUrl.test(request.url ?? '')) {
        onRefused?.();
        secureResponse(response);
        sendProblem(request, response, new AppError('overloaded'));
        return;
      }
      begun.add(response);
      response.on('close', () => begun.delete(response)); // the event comes only once, and `once` would cost more
      serve(request, response);
    },
    closeConnections() {
      isClosing = true;
      for (const response of begun) if (!response.headersSent) response.setHeader('Connection', 'close');
    },
  };
}
