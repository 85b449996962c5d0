import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { Server as PortServer } from 'node:net';
import type { Socket } from 'node:net';
import { setImmediate as afterPoll, setTimeout as sleep } from 'node:timers/promises';
import { createLoadShedding } from './load-shedding.ts';

export interface ServerLimits {
  /** Maximum number of open connections. A further connection is closed at once. */
  readonly maxConnections: number;
  /** Maximum number of requests in progress. A further request is answered `overloaded`. */
  readonly maxRequests: number;
  readonly times?: Partial<ServerTimes>;
}

/** All in ms. */
export interface ServerTimes {
  /** Time limit for the head of a request, from the connection or the first byte. */
  readonly head: number;
  /** Time limit for a whole request. */
  readonly request: number;
  /** How long an idle connection is kept. It is longer than in common load balancers (60 s), so they never use a closing connection. */
  readonly idle: number;
}

const usualTimes: ServerTimes = { head: 10_000, request: 30_000, idle: 65_000 };

/** How long waiting connections are accepted after the delay, in ms. There is a limit, because clients may connect all the time. */
const takingLimit = 4_000;

/** The port is closed after a turn of the event loop that is shorter than `length`, or after `patience`. Both in ms. */
const shortTurn = { length: 0.1, patience: 2_000 };

/** How long a connection that has sent nothing stays open during the stop, in ms. */
const silenceLimit = 1_000;

/**
 * Returns a function that closes the port in some 50 us. Node's own `close` takes ten times as long at its first call.
 *
 * The kernel resets a connection that arrives between the last accept and the closing of the port, so this time must be short. A port
 * that never listened is closed first: Node compiles a function when it is first called.
 */
function preparedClose(server: Server): () => void {
  new PortServer().close();
  return () => { PortServer.prototype.close.call(server); };
}

/** A server that limits slow clients and the number of clients, and stops without losing requests. */
export interface HttpServer {
  readonly server: Server;
  /**
   * Stops the server. It accepts connections for another `delay` ms, each for one response, and then those that already wait.
   * Resolves when every request is answered and every connection is closed. All connections that are still open `patience` ms after
   * the call are cut. `handedOver` resolves when the process that accepts connections for this server has passed on all waiting ones.
   */
  stop(delay: number, patience: number, handedOver?: () => Promise<void>): Promise<void>;
}

/** Creates the server. `onRefused` is called for each request that is refused as `overloaded`. */
export function createHttpServer(
  serve: RequestListener, { maxConnections, maxRequests, times }: ServerLimits, onRefused?: () => void,
): HttpServer {
  const { head, request, idle } = { ...usualTimes, ...times };
  const { listener, closeConnections } = createLoadShedding({ most: maxRequests, serve, ...(onRefused && { onRefused }) });
  const server = createServer({
    headersTimeout: head, requestTimeout: request, keepAliveTimeout: idle,
    connectionsCheckingInterval: Math.min(1_000, head / 4), // the precision of the first two limits
  }, listener);

  /** Connections and when they were opened. */
  const connections = new Map<Socket, number>();
  let taken = 0;
  server.on('connection', (socket: Socket) => {
    taken += 1;
    // The limit of Node is not used: with it, full workers would pass a connection to each other until one has room.
    if (connections.size >= maxConnections) {
      socket.destroy();
      return;
    }
    connections.set(socket, performance.now());
    socket.once('close', () => connections.delete(socket));
  });

  /** Closes connections that have sent nothing. Node does not treat them as idle. */
  function closeSilent(): void {
    const since = performance.now() - silenceLimit;
    for (const [socket, opened] of connections) if (socket.bytesRead === 0 && opened < since) socket.destroy();
  }

  /** Waits until no connections wait. Each turn of the event loop accepts one, and closing the port would cut the others. */
  async function untilAllTaken(end: number, handedOver: () => Promise<void>): Promise<void> {
    const shortUntil = performance.now() + shortTurn.patience;
    for (let quiet = 0; quiet < 2 && performance.now() < end;) {
      const before = taken;
      await handedOver();
      const began = performance.now();
      await afterPoll();
      const ended = performance.now();
      // In a long turn, other clients may have connected after the last connection was accepted.
      quiet = taken === before && (ended - began < shortTurn.length || ended > shortUntil) ? quiet + 1 : 0;
    }
  }

  return {
    server,
    async stop(delay, patience, handedOver = () => Promise.resolve()) {
      const began = performance.now();
      const cut = setTimeout(() => { for (const socket of connections.keys()) socket.destroy(); }, patience);
      closeConnections();
      await sleep(delay);
      const closed = once(server, 'close');
      const closePort = preparedClose(server);
      // This also reads requests that have arrived, before connections without a request are closed.
      await untilAllTaken(began + Math.min(delay + takingLimit, patience), handedOver);
      closePort();
      server.close(); // for what Node ends with an HTTP server: idle connections and the timer of its limits
      const tidy = setInterval(() => {
        server.closeIdleConnections();
        closeSilent();
      }, 100);
      await closed;
      clearInterval(tidy);
      clearTimeout(cut);
    },
  };
}
