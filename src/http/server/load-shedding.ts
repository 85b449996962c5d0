import type { RequestListener, ServerResponse } from 'node:http';
import { AppError } from '../../errors/errors.ts';
import { sendProblem } from '../response/error-handler.ts';
import { secureResponse } from '../response/secure-response.ts';

export interface LoadSheddingDeps {
  /** Most requests in hand. */
  readonly most: number;
  /** What serves those that are let in. */
  readonly serve: RequestListener;
  /** Told of each request that is refused. */
  readonly onRefused?: () => void;
}

/** The door of a server: it counts what is in hand. */
export interface LoadShedding {
  readonly listener: RequestListener;
  /** From now on each answer closes its connection, those in hand included, so that clients open the next one elsewhere. */
  closeConnections(): void;
}

/** A supervisor that got no answer here would end the very process that is busy, and a load balancer send its share to others as busy. */
const healthUrl = /^\/(?:livez|readyz)(?:\?|$)/;

/**
 * Makes the door that answers `overloaded` before anything else is done, once so many requests are in hand.
 *
 * In hand is a request that has arrived as a whole and is not answered yet. One whose body is still on its way is not:
 * else whoever sends slowly could keep everybody out. `/livez` and `/readyz` are always let in.
 */
export function createLoadShedding({ most, serve, onRefused }: LoadSheddingDeps): LoadShedding {
  const begun = new Set<ServerResponse>();
  let isClosing = false;

  /** Costs a comparison until as many have begun; only then it looks at each. */
  function isFull(): boolean {
    if (begun.size < most) return false;
    let inHand = 0;
    for (const response of begun) {
      const { req: request } = response;
      // Of a connection that ends, Node tells the response whose turn it is, and not those pipelined behind it.
      if (request.socket.destroyed) begun.delete(response);
      else if (request.complete) inHand += 1;
    }
    return inHand >= most;
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
      response.on('close', () => begun.delete(response)); // comes once, and `once` would cost more
      serve(request, response);
    },
    closeConnections() {
      isClosing = true;
      for (const response of begun) if (!response.headersSent) response.setHeader('Connection', 'close');
    },
  };
}
